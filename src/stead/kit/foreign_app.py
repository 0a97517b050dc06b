"""Wrap an app that is not made with the kit: any ASGI or WSGI app gets the same boundary, health, problems and metrics.

Stead starts the app in `app=`, so it can wrap it: FastAPI, Starlette, Django, Litestar, Flask. The app needs no code of
Stead. Its routes come from the description, in `SERVICE_ROUTES`. The app gets a request only after the boundary has
admitted it. It gets identity headers only when they are verified: `X-User-*` on a route for users, from a caller that
may front; `X-Service-Caller` is the verified caller; the token itself is taken away. Rejected: a middleware in the app,
which a team could forget.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec

from stead.kit.asgi import ASGIApp, Message, Receive, Scope, Send, state
from stead.kit.boundary import Boundary
from stead.kit.caller import ANONYMOUS, Caller, Keyring
from stead.kit.caller import HEADER as SERVICE_TOKEN
from stead.kit.component import Lifespan
from stead.kit.deadline import Deadline
from stead.kit.health import Health
from stead.kit.http_problem import Problems
from stead.kit.limits import Limits
from stead.kit.metrics import Metrics
from stead.kit.observability import Observe
from stead.kit.settings import ServiceSettings, SettingsError, read
from stead.kit.spans import exporter
from stead.kit.user import HEADERS as USER_HEADERS
from stead.model import var
from stead.model.application import is_wsgi
from stead.model.route import Access, Method, Route
from stead.model.wiring import ROUTES

logger = logging.getLogger(__name__)

CALLER = b"x-service-caller"
SPOOFABLE = USER_HEADERS | {SERVICE_TOKEN, CALLER}
MADE_WITH_THE_KIT = (Lifespan, Health)  # a stand-in has the health contract and, on purpose, no boundary


class ForeignSettings(ServiceSettings):
    """The settings of an app that is not made with the kit."""

    service_routes: str = var(help=ROUTES.help)


def complete(app: Callable[..., Any]) -> ASGIApp:
    """Return an app as it is when it is made with the kit, and wrapped when it is not.

    Raises SettingsError when a setting that the wrapper needs is missing.
    """
    if isinstance(app, MADE_WITH_THE_KIT):
        return app
    if is_wsgi(app):
        from a2wsgi import WSGIMiddleware  # imported late: only a WSGI app needs it

        return wrap(_AnyLifespan(WSGIMiddleware(app)), read(ForeignSettings))
    return wrap(_AnyLifespan(app), read(ForeignSettings))


def wrap(app: ASGIApp, settings: ForeignSettings) -> ASGIApp:
    """Put the layers of the kit around an ASGI app."""
    declared = _routes(settings)
    app = _VerifiedIdentityHeaders(app)
    routes = [Route(**msgspec.structs.asdict(each)) for each in declared if each.access != "health"]
    app = Limits(app, settings.request_limits)
    guarded = Boundary(app, routes, Keyring.of(settings), settings.service_name)
    own = frozenset(each.path for each in declared if each.access == "health")
    inner: ASGIApp = Problems(Deadline(_OwnHealth(app, guarded, own)))
    spans = exporter(settings.service_name, settings.otel_exporter_otlp_endpoint)
    return Health(Observe(inner, Metrics(), spans), settings)


class _Route(msgspec.Struct, forbid_unknown_fields=True):
    """A route as `stead.model.wiring.routes_text` writes it."""

    method: Method
    path: str
    access: Access | Literal["health"]
    operation: str = ""
    roles: tuple[str, ...] = ()
    scope: str | None = None
    body: int | None = None
    streams: bool = False
    websocket: bool = False


def _routes(settings: ForeignSettings) -> list[_Route]:
    try:
        return msgspec.json.decode(settings.service_routes, type=list[_Route])
    except msgspec.DecodeError as error:
        raise SettingsError([f"SERVICE_ROUTES is malformed: {error}"]) from None


class _OwnHealth:
    """ASGI middleware: admits the app's own health path without a token."""

    def __init__(self, app: ASGIApp, guarded: ASGIApp, paths: frozenset[str]) -> None:
        self.app, self.guarded, self.paths = app, guarded, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = scope["type"] == "http" and scope["path"] in self.paths and scope["method"] in ("GET", "HEAD")
        await (self.app if own else self.guarded)(scope, receive, send)


class _VerifiedIdentityHeaders:
    """ASGI middleware: the app sees only identity headers that the boundary verified."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "headers": list(_verified(scope))}
        await self.app(scope, receive, send)


def _verified(scope: Scope) -> Iterator[tuple[bytes, bytes]]:
    request_state = state(scope)
    dropped = SPOOFABLE if request_state.get("user") is None else SPOOFABLE - USER_HEADERS
    yield from ((name, value) for name, value in scope["headers"] if name not in dropped)
    caller = request_state.get("caller", ANONYMOUS)
    if isinstance(caller, Caller) and caller is not ANONYMOUS:
        yield CALLER, caller.name.encode()


class _AnyLifespan:
    """ASGI middleware: an app that knows no lifespan (Django, WSGI) is started and stopped without one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        startup = await receive()
        pending, answered = [startup], False

        async def replay() -> Message:
            message: Message = pending.pop() if pending else await receive()
            return message

        async def watch(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, replay, watch)
        except Exception as error:
            if answered:
                raise
            logger.info("the app is run without a lifespan: %s", error)
        if not answered:  # it may have read the startup message before it failed
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
