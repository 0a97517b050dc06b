"""Health: the contract of every service, as the outermost ASGI middleware.

`/health` (and `/version`, its alias) answers from values of the start, and tests only the components that the health
depends on. `/livez` tests nothing outside of this process: it is 503 when a component is stuck and only a restart
helps; a stuck event loop does not answer at all. `/readyz` tests all components concurrently, and also lists the peers
of the service: a peer's outage is shown, but does not make this service unready, since its callers would then be
unready, too.
"""

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from stead.kit.asgi import JSON, ASGIApp, Receive, Scope, Send, answer
from stead.kit.component import Component, HealthUnknown, is_required, stuck
from stead.kit.http_problem import MEDIA, HttpProblem
from stead.kit.settings import ServiceSettings
from stead.model.health import HEALTH, LIVEZ, PATHS, READYZ, VERSION

logger = logging.getLogger(__name__)

TIMEOUT = 1.0  # seconds that a part may take to say that it works
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
            problem = scope["path"] == LIVEZ and status != 200
            await answer(send, status, body, _NO_STORE, MEDIA if problem else JSON)

    async def _answer(self, path: str) -> tuple[int, bytes]:
        if path == LIVEZ:
            return self._alive()
        if path == READYZ:
            checks = await _checks(self.parts)
            required = {part.name for part in self.parts if is_required(part)}
            well = all(state == "ok" for name, state in checks.items() if name in required)
            return (200 if well else 503), _encode({"status": "ok" if well else "unavailable", "checks": checks})
        assert path in (HEALTH, VERSION)
        checks = await _checks(self.needed) if self.needed else {}
        well = all(state == "ok" for state in checks.values())
        return (200 if well else 503), self._bodies["ok" if well else "unavailable"]

    def _alive(self) -> tuple[int, bytes]:
        why = stuck(self.parts)
        if not why:
            return 200, _encode({"status": "ok"})
        logger.error("this process must be restarted: %s", why)
        return 503, HttpProblem(503, "stuck", f"This process must be restarted: {why}.").body()


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
    checks: dict[str, str] = {}
    for part, state in zip(parts, states, strict=True):
        if state and checks.get(part.name) != "unavailable":  # two parts of one name: the worse state is shown
            checks[part.name] = state
    return checks


async def _state(part: Component) -> str:
    """Return `ok`, `unavailable`, or nothing for an unknown state."""
    try:
        async with asyncio.timeout(TIMEOUT):
            await part.check()
    except HealthUnknown:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever a part raises means that it does not work
        logger.warning("%s cannot be used: %s", part.name, type(error).__name__)
        return "unavailable"
    return "ok"
