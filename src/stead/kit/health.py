"""Health: the one contract of every service, as ASGI middleware that stands outside everything else.

`/health` (and `/version`, its alias) answers from what is known at start, and asks only those parts without which the
service is of no use. `/livez` never asks anyone; `/readyz` asks all parts at once.
"""

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from stead.kit.asgi import ASGIApp, Receive, Scope, Send, answer
from stead.kit.component import Component
from stead.kit.settings import ServiceSettings
from stead.model.health import HEALTH, LIVEZ, PATHS, READYZ, VERSION

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds that a part may take to say that it works
_encode = msgspec.json.Encoder().encode
_NO_STORE = [(b"cache-control", b"no-store")]


class Health:
    """ASGI middleware that answers the health paths.

    parts   all that the service needs: `/readyz` asks each
    needed  those without which `/health` says `unavailable`
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServiceSettings,
        *,
        parts: Sequence[Component] = (),
        needed: Sequence[Component] = (),
    ) -> None:
        self.app = app
        self.parts = tuple(parts)
        self.needed = tuple(needed)
        self._bodies = {status: _body(settings, status) for status in ("ok", "unavailable")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self.app(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, b"", [(b"allow", b"GET")])
        else:
            status, body = await self._answer(scope["path"])
            await answer(send, status, body, _NO_STORE)

    async def _answer(self, path: str) -> tuple[int, bytes]:
        if path == LIVEZ:
            return 200, _encode({"status": "ok"})
        if path == READYZ:
            checks = await _checks(self.parts)
            well = all(state == "ok" for state in checks.values())
            return (200 if well else 503), _encode({"status": "ok" if well else "unavailable", "checks": checks})
        assert path in (HEALTH, VERSION)
        checks = await _checks(self.needed) if self.needed else {}
        well = all(state == "ok" for state in checks.values())
        return (200 if well else 503), self._bodies["ok" if well else "unavailable"]


def _body(settings: ServiceSettings, status: str) -> bytes:
    return _encode(
        {
            "service": settings.service_name,
            "env": settings.environment,
            "status": status,
            "version": settings.version,
        }
    )


async def _checks(parts: Sequence[Component]) -> dict[str, str]:
    states = await asyncio.gather(*(_state(part) for part in parts))
    return {part.name: state for part, state in zip(parts, states, strict=True)}


async def _state(part: Component) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await part.check()
    except Exception as error:  # noqa: BLE001 - whatever a part raises means that it does not work
        logger.warning("%s cannot be used: %s", part.name, type(error).__name__)
        return "unavailable"
    return "ok"
