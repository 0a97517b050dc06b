"""A stand-in for a mail server: real SMTP by aiosmtpd, for development, stories and tests. It delivers to nobody.

GET  /stand-in/mails/{address}     what was sent to an address, oldest first: {subject, text}
POST /stand-in/fault               {code, times}: the next recipients are refused with that SMTP code
"""

import asyncio
from collections import defaultdict, deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar import Litestar, get, post
from litestar.params import FromPath, JSONBody

from stead.kit.asgi import ASGIApp
from stead.kit.component import Lifespan
from stead.kit.health import Health
from stead.kit.serve import ServeSettings
from stead.kit.settings import ServiceSettings, read
from stead.model import var


class SmtpSettings(ServiceSettings):
    """What the stand-in is told."""

    mailbox_port: int = var(default=0, minimum=0, help="The port on which it takes mail; 0: any that is free.")


class Fault(msgspec.Struct):
    """Refusals to come."""

    code: int
    times: int = 1


class Mail(msgspec.Struct):
    """A mail that was taken."""

    subject: str
    text: str
    message_id: str
    unsubscribe: str = ""


class Mailbox:
    """A part that listens for SMTP, and what has come."""

    name = "smtp"

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self.port, self.host = port, host
        self.mails: dict[str, list[Mail]] = defaultdict(list)
        self.faults: deque[Fault] = deque()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(partial(SMTP, self, loop=loop), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()
            await server.wait_closed()

    async def check(self) -> None:
        if self._server is None:
            raise RuntimeError("the stand-in does not listen")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.faults:
            fault = self.faults[0]
            fault.times -= 1
            if fault.times <= 0:
                self.faults.popleft()
            return f"{fault.code} not now" if fault.code < 500 else f"{fault.code} no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        mail = message_from_bytes(content if isinstance(content, bytes) else b"", policy=default)
        assert isinstance(mail, EmailMessage)  # by its policy
        body = mail.get_body(("plain",))
        taken = Mail(
            str(mail["Subject"]),
            body.get_content().strip() if body else "",
            str(mail["Message-ID"]),
            str(mail["List-Unsubscribe"] or ""),
        )
        for address in envelope.rcpt_tos:
            self.mails[address].append(taken)
        return "250 OK"


def app(mailbox: Mailbox) -> Litestar:
    """Return what a test asks the stand-in, as an ASGI app."""

    @get("/stand-in/mails/{address:str}")
    async def mails(address: FromPath[str]) -> list[Mail]:
        return mailbox.mails[address]

    @post("/stand-in/fault", status_code=200)
    async def fault(data: JSONBody[Fault]) -> None:
        mailbox.faults.append(data)

    return Litestar([mails, fault], logging_config=None, openapi_config=None)


def create() -> ASGIApp:
    """Return the stand-in as a service of a backend: with the health contract, without boundary; only for dev."""
    settings = read(SmtpSettings)
    mailbox = Mailbox(settings.mailbox_port, read(ServeSettings).host)
    inner: Any = app(mailbox)
    return Lifespan(Health(inner, settings), [mailbox])
