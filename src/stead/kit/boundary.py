"""Boundary: every request is compared with the declared routes before any handler sees it.

A pure ASGI middleware. A path that no route declares does not exist (404), even when a handler would answer it; a
declared path with another method is 405. Requests to public and user routes need a caller with the operation `front`:
the gateway. Service routes need their own operation, in the token's scope and in the keyring.

Paths are compared segment by segment, exactly: an empty segment or a trailing slash is another path. So a more lenient
router behind this one never gets such a request. Paths without variables are found in a dictionary, the others by their
number of segments. Rejected: a regular expression per request, which is slower.
"""

import logging
from collections import Counter
from collections.abc import Iterable

from stead.kit.asgi import ASGIApp, Receive, Scope, Send, headers, state
from stead.kit.caller import ANONYMOUS, Caller, Keyring, Unverified
from stead.kit.caller import HEADER as SERVICE_TOKEN
from stead.kit.deadline import disable
from stead.kit.http_problem import HttpProblem, common, unauthenticated
from stead.kit.idempotency_key import HEADER as IDEMPOTENCY_KEY
from stead.kit.idempotency_key import key_of
from stead.kit.user import HEADERS as USER_HEADERS
from stead.kit.user import TOKEN, User, user_from
from stead.model.call import FRONT
from stead.model.refusal import (
    MALFORMED,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    OPERATION_NOT_DECLARED,
    ROLE_MISSING,
    SCOPE_MISSING,
)
from stead.model.route import Route, is_variable

logger = logging.getLogger(__name__)

SINGLE = USER_HEADERS | {SERVICE_TOKEN, IDEMPOTENCY_KEY}
ANY_SCOPE = "*"  # of an API token: everything that tokens may do
_BEARER = b"Bearer "

Methods = dict[str, Route]
Shape = tuple[tuple[str | None, ...], Methods]  # None stands for a variable


class Paths:
    """The declared routes, arranged so that a request finds its own quickly."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._exact: dict[str, Methods] = {}
        self._shaped: dict[int, list[Shape]] = {}
        self._wild: list[tuple[str, Methods]] = []  # by the part before the wildcard, the longest first
        wild: dict[str, Methods] = {}
        shapes: dict[tuple[str | None, ...], Methods] = {}
        for route in routes:
            if route.is_wildcard:
                wild.setdefault(route.path[: route.path.rindex("{")], {})[route.method] = route
                continue
            segments = tuple(None if is_variable(part) else part for part in route.segments)
            methods = shapes.setdefault(segments, {}) if None in segments else self._exact.setdefault(route.path, {})
            methods[route.method] = route
        for segments, methods in shapes.items():
            self._shaped.setdefault(len(segments), []).append((segments, methods))
        self._wild = sorted(wild.items(), key=lambda each: -len(each[0]))

    def find(self, method: str, path: str) -> Route:
        """Return the route of a request; Refusal 404 or 405 when there is none."""
        looked_up = "GET" if method == "HEAD" else method
        exact = self._exact.get(path)
        if exact is not None and looked_up in exact:
            return exact[looked_up]
        candidates = [exact] if exact is not None else []
        candidates += self._matching(path)
        if not candidates:
            candidates += [methods for prefix, methods in self._wild if path.startswith(prefix)][:1]
        for methods in candidates:
            route = methods.get(looked_up) or methods.get("ANY")
            if route is not None:
                return route
        raise _no_route(candidates)

    def _matching(self, path: str) -> list[Methods]:
        parts = path[1:].split("/")
        return [
            methods
            for segments, methods in self._shaped.get(len(parts), ())
            if all(part if segment is None else segment == part for segment, part in zip(segments, parts, strict=True))
        ]


def _no_socket() -> HttpProblem:
    return common(MALFORMED, "This path does not support WebSockets.")


def _no_route(candidates: list[Methods]) -> HttpProblem:
    allowed = sorted({method for methods in candidates for method in methods})
    if not allowed:
        return common(NOT_FOUND)
    return common(METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(allowed)})


class Boundary:
    """ASGI middleware: admits declared requests. It passes `caller`, `user` and `route` to the inner layers."""

    def __init__(self, app: ASGIApp, routes: Iterable[Route], keyring: Keyring, service_name: str) -> None:
        self.app = app
        self.paths = Paths(routes)
        self.keyring = keyring
        self.service_name = service_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if headers(scope).get(b"upgrade", b"").lower() == b"websocket":  # of a server that supports no such answer
            raise _no_socket()
        route = self._admit(scope, scope["method"])
        if route.websocket:
            raise HttpProblem(
                426, "upgrade_required", "This path supports only WebSockets.", headers={"Upgrade": "websocket"}
            )
        if route.streams:
            disable(scope)
        await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a WebSocket on a route that declares one; otherwise refuse it as Envoy does, for every caller."""
        if not self._takes_sockets(scope["path"]):
            raise _no_socket()
        self._admit(scope, "GET")
        await self.app(scope, receive, send)

    def _takes_sockets(self, path: str) -> bool:
        try:
            return self.paths.find("GET", path).websocket
        except HttpProblem:
            return False

    def _admit(self, scope: Scope, method: str) -> Route:
        """Return the route of a request, and pass its caller to the inner layers; HttpProblem when it is refused."""
        scope_state = state(scope)
        route = scope_state["route"] = self.paths.find(method, scope["path"])
        shown = _single(scope)
        scope_state["idempotency_key"] = key_of(shown.get(IDEMPOTENCY_KEY))
        scope_state["caller"] = self._caller(route, shown)
        scope_state["user"] = _user(route, shown) if route.access == "user" else None
        return route

    def _caller(self, route: Route, shown: dict[bytes, bytes]) -> Caller:
        if route.access == "public" and not self.keyring:
            return ANONYMOUS
        token = shown.get(SERVICE_TOKEN)
        if token is None or not token.startswith(_BEARER):
            logger.info("refused: no service token", extra={"route": str(route)})
            raise unauthenticated()
        try:
            caller = self.keyring.verify(token[len(_BEARER) :].decode("latin-1"))
        except Unverified as reason:
            logger.warning("refused a service token: %s", reason, extra={"route": str(route)})
            raise unauthenticated() from None
        operation = route.operation if route.access == "service" else FRONT
        if operation not in caller.operations:
            logger.warning("refused: %s may not %s", caller.name, operation, extra={"route": str(route)})
            raise common(OPERATION_NOT_DECLARED)
        return caller


def _single(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers; a duplicate identity header is refused."""
    found = headers(scope)
    if len(found) != len(scope["headers"]):
        times = Counter(name for name, _ in scope["headers"] if name in SINGLE)
        for name, count in times.items():
            if count > 1:
                raise HttpProblem(400, "duplicate_header", f"{name.decode()} occurs more than once.")
    return found


def _user(route: Route, shown: dict[bytes, bytes]) -> User:
    user = user_from(shown)
    if user is None:
        logger.info("refused: no user", extra={"route": str(route)})
        raise unauthenticated()
    if user.method == TOKEN and (route.scope is None or user.scopes.isdisjoint((route.scope, ANY_SCOPE))):
        raise common(SCOPE_MISSING)
    if route.roles and user.roles.isdisjoint(route.roles):
        raise common(ROLE_MISSING)
    return user
