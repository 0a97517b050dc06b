"""SMS: the port, and SMS.RU behind it.

A provider has no key for a message: one whose answer was lost is sent again, so it may come twice. Another provider is
another class with `send`, and one line in `app.py`.

Source: SMS.RU, "Отправить СМС сообщение" (https://sms.ru/api/send) and its table of status codes.
"""

from typing import Any, Protocol

import httpx2

from stead.kit.cleanup import finish
from stead.kit.component import HealthUnknown
from stead.services.notifications.channels import TIMEOUT, Postponed, Rejected

TAKEN = 100
# The number or the text is not one that can be sent to or sent; what is not listed may pass another time.
REFUSED = frozenset({202, 203, 205, 207, 209, 232})
LATER = {230: 3600.0, 231: 60.0}  # seconds: too many to this number today, or the same text within a minute


class Sms(Protocol):
    """Sends a text to a phone number of the form +79261234567.

    Postponed for later, Rejected for never, ConnectionError for not now: the exceptions of the channels.
    """

    async def send(self, to: str, text: str) -> None: ...


class SmsRu:
    """One account of SMS.RU. A part of the service: it is opened with it, and closed."""

    name = "sms"
    required = False

    def __init__(self, url: str, api_id: str, *, sender: str = "") -> None:
        self._url = url.rstrip("/")
        self._account = {"api_id": api_id, "json": "1"} | ({"from": sender} if sender else {})
        self._client: httpx2.AsyncClient | None = None

    async def open(self) -> None:
        secure = self._url.startswith("https:")
        self._client = httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=secure)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await finish(client.aclose())

    async def check(self) -> None:
        raise HealthUnknown

    async def send(self, to: str, text: str) -> None:
        """Send a text; the answer has a code for the request, and one for the number."""
        number = to.removeprefix("+")
        answer = await self._request({"to": number, "msg": text})
        code = _code(answer)
        if code == TAKEN:
            code = _code((answer.get("sms") or {}).get(number) or {})
        if code in LATER:
            raise Postponed(LATER[code])
        if code in REFUSED:
            raise Rejected(f"sms: {code}")
        if code != TAKEN:
            raise ConnectionError(f"sms: {code}")

    async def _request(self, fields: dict[str, str]) -> dict[str, Any]:
        if self._client is None:
            raise ConnectionError("sms: not open")
        try:
            answer = await self._client.post(f"{self._url}/sms/send", data={**self._account, **fields})
            body = answer.json() if answer.is_success else None
        except (httpx2.HTTPError, httpx2.StreamError, ValueError) as error:
            raise ConnectionError(f"sms: {type(error).__name__}") from None  # its text may name the account
        if not isinstance(body, dict):
            raise ConnectionError(f"sms: it answered {answer.status_code}")
        return body


def _code(part: dict[str, Any]) -> int:
    """Return a code of the answer; 0, which is none of the documented ones, when it cannot be read."""
    code = part.get("status_code")
    return code if isinstance(code, int) else 0
