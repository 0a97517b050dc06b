"""A stand-in for SMS.RU: real HTTP, for development, stories and tests. It delivers to nobody.

It takes messages as the published API says, one number at a time, and refuses a wrong `api_id`, an empty text and one
that is too long. What a test asks is under `/stand-in/`:

    GET  /stand-in/messages/{number}           what was sent to a number, oldest first
    POST /stand-in/fault  {code, times, status}   the next messages get this code; a status in place of 200 says no more

Source: SMS.RU, "Отправить СМС сообщение" (https://sms.ru/api/send) and its table of status codes.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath, JSONBody

from stead.kit.asgi import ASGIApp
from stead.kit.health import Health
from stead.kit.settings import ServiceSettings, read
from stead.model import secret

TAKEN, WRONG_ACCOUNT, WRONG_NUMBER, NO_TEXT, TOO_LONG = 100, 200, 202, 203, 205
LONGEST = 8 * 67  # characters: eight parts of a text that is not of the GSM alphabet


class SmsRuSettings(ServiceSettings):
    """What the stand-in is told."""

    sms_api_id: str | None = secret(default=None, help="The one account that it accepts; none: any.")


class Fault(msgspec.Struct):
    """Failures to come."""

    code: int = 0
    times: int = 1
    status: int = 200


class SmsRu:
    """One account, and what was sent by it."""

    def __init__(self, api_id: str | None = None) -> None:
        self.api_id = api_id
        self.messages: dict[str, list[str]] = defaultdict(list)
        self.faults: deque[Fault] = deque()

    def send(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Answer one request for one number."""
        if self.api_id is not None and given.get("api_id") != self.api_id:
            return {"status": "ERROR", "status_code": WRONG_ACCOUNT}
        number, text = given.get("to", ""), given.get("msg", "")
        code = self._code(number, text)
        if code == TAKEN:
            self.messages[number].append(text)
        about = {"status": "OK" if code == TAKEN else "ERROR", "status_code": code}
        return {"status": "OK", "status_code": TAKEN, "sms": {number: about}, "balance": 100.0}

    def fault(self) -> Fault | None:
        """Return the failure that is due now, and count it."""
        if not self.faults:
            return None
        due = self.faults[0]
        due.times -= 1
        if due.times <= 0:
            self.faults.popleft()
        return due

    def _code(self, number: str, text: str) -> int:
        if not number.isdigit():
            return WRONG_NUMBER
        if not text:
            return NO_TEXT
        return TOO_LONG if len(text) > LONGEST else TAKEN


def app(sms: SmsRu) -> Litestar:
    """Return the API as an ASGI app."""

    @post("/sms/send", status_code=200)
    async def send(request: Request[Any, Any, Any]) -> Response[Any]:
        given = {name: str(value) for name, value in (await request.form()).items()}
        due = sms.fault()
        if due is None:
            return Response(sms.send(given))
        about = {given.get("to", ""): {"status": "ERROR", "status_code": due.code}}
        return Response({"status": "OK", "status_code": TAKEN, "sms": about}, status_code=due.status)

    @get("/stand-in/messages/{number:str}")
    async def messages(number: FromPath[str]) -> list[str]:
        return sms.messages[number]

    @post("/stand-in/fault", status_code=200)
    async def fault(data: JSONBody[Fault]) -> None:
        sms.faults.append(data)

    return Litestar([send, messages, fault], logging_config=None, openapi_config=None)


def create() -> ASGIApp:
    """Return the stand-in as a service of a backend: with the health contract, without boundary; only for dev."""
    settings = read(SmsRuSettings)
    inner: Any = app(SmsRu(settings.sms_api_id))
    return Health(inner, settings)
