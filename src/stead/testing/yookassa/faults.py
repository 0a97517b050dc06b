"""Failures of the API: before the work is done, after it, late, or with a connection that breaks off."""

import asyncio

from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send
from stead.testing.yookassa.behaviour import Fault
from stead.testing.yookassa.shop import YooKassa


class Faults:
    """ASGI middleware: the failures that are to come, before or after the work is done."""

    def __init__(self, app: ASGIApp, yookassa: YooKassa) -> None:
        self.app = app
        self.yookassa = yookassa

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = _operation(scope) if scope["type"] == "http" else ""
        self.yookassa.asked[operation] += bool(operation)
        faults = self.yookassa.faults[operation] if operation else None
        if not faults:
            await self.app(scope, receive, send)
            return
        fault = faults[0]
        fault.times -= 1
        if fault.times <= 0:
            faults.popleft()
        if fault.after:
            await self.app(scope, receive, _discard_message)
        await asyncio.sleep(fault.delay)
        if fault.status == 200 and not fault.reset:
            await self.app(scope, receive, send)
            return
        await _broken(send, fault)


async def _discard_message(_message: Message) -> None:
    """Lose an answer on its way."""


async def _broken(send: Send, fault: Fault) -> None:
    body = b'{"type":"error","code":"internal_server_error"}'
    length = len(body) + 1 if fault.reset else len(body)  # one byte that never comes: the server breaks off
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % length)]
    await send({"type": "http.response.start", "status": 200 if fault.reset else fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _operation(scope: Scope) -> str:
    """Return what of the API is asked, as a fault names it."""
    parts = scope["path"].strip("/").split("/")
    if parts[0] != "v3":
        return ""
    if scope["method"] == "POST":
        return {"capture": "capture", "cancel": "cancel"}.get(parts[-1], f"create_{parts[1].rstrip('s')}")
    return str(parts[1]).rstrip("s")
