"""Component: an object that is opened and closed with the service: a database, an outbox, a client.

Components are opened in their order and closed in reverse. The kit runs the lifespan itself: a framework's own would
log a stack trace instead of one line with the failed component.
"""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Protocol

from stead.kit.asgi import ASGIApp, Receive, Scope, Send
from stead.kit.cleanup import Protected
from stead.model import SteadError

logger = logging.getLogger(__name__)


class HealthUnknown(Exception):  # noqa: N818 - a state, not a mistake
    """The state of a component is unknown: its dependency was not tested in the last seconds."""


class Component(Protocol):
    """`check` raises when the component cannot be used, HealthUnknown when its state is unknown.

    Two members are optional. `required` is False for an optional component: its state is shown, but does not make the
    service unready. `stuck()` returns why only a restart of the process helps, or nothing; it does no I/O.
    """

    @property
    def name(self) -> str: ...
    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def check(self) -> None: ...


def is_required(part: Component) -> bool:
    return bool(getattr(part, "required", True))


def stuck(parts: Sequence[Component]) -> str:
    """Return why this process has to be restarted; nothing when it has not."""
    return next((why for part in parts if (reason_of := getattr(part, "stuck", None)) and (why := reason_of())), "")


class Lifespan:
    """ASGI middleware that opens the parts when the service starts, and closes them when it stops."""

    def __init__(self, app: ASGIApp, parts: Sequence[Component]) -> None:
        self.app = app
        self.parts = tuple(parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        await receive()
        event = "startup"
        try:
            async with Protected(AsyncExitStack()) as stack:
                for part in self.parts:
                    await _open(part)
                    stack.push_async_callback(part.close)
                await send({"type": "lifespan.startup.complete"})
                await receive()
                event = "shutdown"
        except Exception as error:
            if event == "shutdown":
                logger.exception("a component did not close")
            await send({"type": f"lifespan.{event}.failed", "message": f"{type(error).__name__}: {error}"})
        else:
            await send({"type": "lifespan.shutdown.complete"})


async def _open(part: Component) -> None:
    try:
        await part.open()
    except SteadError as error:
        logger.error("%s cannot be opened: %s", part.name, error)  # noqa: TRY400 - the text is all there is to it
        raise
    except Exception:
        logger.exception("%s cannot be opened", part.name)
        raise
