"""Channels: Telegram's Bot API and SMTP, each as one call with its outcome.

Neither has a key: a message whose answer was lost is sent again. So a message may come twice, and never not at all.

    Postponed   not now: the channel said when
    Blocked     never to this user by this channel
    Rejected    never this message
"""

import asyncio
import json
import smtplib
import ssl
import time
from collections import OrderedDict
from email.message import EmailMessage
from typing import Any

from stead.kit.external_client import ExternalClient, NoAnswer, with_each_key
from stead.kit.live_setting import LiveSetting
from stead.services.notifications.templates import Rendered

TIMEOUT = 10.0  # seconds of one call
A_SECOND = 30  # messages in all, by Telegram's FAQ
A_CHAT = 1.0  # seconds between two messages to one chat
CHATS = 10_000  # remembered


class Postponed(Exception):  # noqa: N818 - said as it is read
    """The channel accepts it later."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.0f} s")
        self.seconds = seconds


class Blocked(Exception):  # noqa: N818
    """The user does not want messages by this channel."""


class Rejected(Exception):  # noqa: N818
    """The channel will never take this message."""


class Telegram(ExternalClient):
    """The Bot API, held to Telegram's limits: 30 messages a second in all, one a second in a chat."""

    name = "telegram"

    def __init__(self, token: LiveSetting, url: str) -> None:
        super().__init__(url, timeout=TIMEOUT)
        self._token = token
        self._next: OrderedDict[int, float] = OrderedDict()
        self._any = 0.0

    async def send(self, chat: int, text: str) -> None:
        """Send a message; Postponed when it is this chat's or everybody's turn later."""
        self._take_turn(chat)
        await self.call("sendMessage", {"chat_id": chat, "text": text[:4096]})

    async def call(self, method: str, body: dict[str, Any], *, seconds: float = TIMEOUT) -> Any:
        """Return a method's result. Another failure is ConnectionError, whose text has no token."""
        answer = await with_each_key(
            self._token, lambda token: self._send("POST", f"/bot{token}/{method}", json=body, seconds=seconds)
        )
        try:
            answer_body = json.loads(answer.content)
        except ValueError:
            answer_body = None
        if not isinstance(answer_body, dict):
            raise NoAnswer(self.name, f"it answered {answer.status}")
        if answer_body.get("ok"):
            return answer_body["result"]
        raise _refusal(answer.status, answer_body)

    def _take_turn(self, chat: int) -> None:
        now = time.monotonic()
        turn = max(self._any, self._next.get(chat, 0.0))
        if turn > now:
            raise Postponed(turn - now)
        self._any = now + 1 / A_SECOND
        self._next[chat] = now + A_CHAT
        self._next.move_to_end(chat)
        if len(self._next) > CHATS:
            self._next.popitem(last=False)


def _refusal(status: int, answer_body: dict[str, Any]) -> Exception:
    about = str(answer_body.get("description", ""))[:200]
    if status == 429:
        return Postponed(float((answer_body.get("parameters") or {}).get("retry_after", 1)))
    if status == 403 or "chat not found" in about:
        return Blocked(about)
    if status == 400:
        return Rejected(about)
    return ConnectionError(f"telegram: it answered {status}")


class Mail:
    """A mail server. The standard library's client works in a thread: a mail is rare beside what it tells of."""

    def __init__(
        self, host: str, port: int, sender: str, *, user: str = "", password: str | None = None, starttls: bool = True
    ) -> None:
        self._server = (host, port)
        self._sender = sender
        self._login = (user, password) if user and password else None
        self._starttls = starttls

    async def send(self, to: str, id: str, rendered: Rendered, unsubscribe: str = "") -> None:
        """Send a mail. Its Message-ID is the message's own, so that a second copy can be determined."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, to, rendered.subject
        mail["Message-ID"] = f"<{id}@{self._sender.rpartition('@')[2]}>"
        if unsubscribe:
            mail["List-Unsubscribe"] = f"<{unsubscribe}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        mail.set_content(rendered.text)
        await asyncio.to_thread(self._deliver, mail)

    def _deliver(self, mail: EmailMessage) -> None:
        try:
            with smtplib.SMTP(*self._server, timeout=TIMEOUT) as server:
                if self._starttls:
                    server.starttls(context=ssl.create_default_context())
                if self._login:
                    server.login(*self._login)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _), *_] = error.recipients.values()
            raise (Rejected(f"smtp: {code}") if code >= 500 else ConnectionError(f"smtp: {code}")) from None
        except smtplib.SMTPResponseException as error:
            code = error.smtp_code
            permanent = code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
            raise (Rejected(f"smtp: {code}") if permanent else ConnectionError(f"smtp: {code}")) from None
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionError(f"smtp: {type(error).__name__}") from None
