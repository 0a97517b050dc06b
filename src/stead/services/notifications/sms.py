"""SMS: the port, and SMS.RU behind it.

A provider has no key for a message: one whose answer was lost is sent again, so it may come twice. Another provider is
another class with `send`, and one line in `app.py`.

Source: SMS.RU, "Отправить СМС сообщение" (https://sms.ru/api/send) and its table of status codes.
"""

import json
from typing import Any, Protocol

from stead.kit.external_client import ExternalClient, NoAnswer
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


class SmsRu(ExternalClient):
    """One account of SMS.RU."""

    name = "sms"

    def __init__(self, url: str, api_id: str, *, sender: str = "") -> None:
        super().__init__(url, timeout=TIMEOUT)
        self._account = {"api_id": api_id, "json": "1"} | ({"from": sender} if sender else {})

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
        answer = await self._send("POST", "/sms/send", data={**self._account, **fields})
        try:
            body = json.loads(answer.content) if answer.status < 300 else None
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise NoAnswer(self.name, f"it answered {answer.status}")
        return body


def _code(part: dict[str, Any]) -> int:
    """Return a code of the answer; 0, which is none of the documented ones, when it cannot be read."""
    code = part.get("status_code")
    return code if isinstance(code, int) else 0
