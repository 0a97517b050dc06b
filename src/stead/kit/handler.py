"""Handler: what a Litestar handler asks for by parameter name is bound to it once, when the service is put together.

`provide` objects, `caller`, `user`, `attempt`, `body` and `data` are thus gone from the signature that Litestar sees:
it parses path and query parameters, and nothing else is resolved for each request. Litestar's own dependency injection,
the rejected option, builds an exit stack, a clean-up group and a second validation of the body for every request.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from litestar import Request
from litestar.enums import HttpMethod, RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg
from litestar.types import ASGIApp

from stead.kit.asgi import headers, state
from stead.kit.attempt import Attempt, hash_of
from stead.kit.body import FORM_TYPE, JSON_TYPE, Decode, form_decoder, hold_to, json_decoder, read_body
from stead.kit.reply import reply

BUILT_IN = ("caller", "user", "attempt", "body", "data")

Handle = Callable[..., Awaitable[Any]]
AnyRequest = Request[Any, Any, Any]

_KIND = re.compile(r":[a-z]+\}")
_VALUES = (str, int, float, bool, UUID, date, datetime)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one handler function asks for, beside path and query parameters."""

    fixed: Mapping[str, object]
    told: tuple[str, ...]  # `caller`, `user`
    attempt: bool
    body: bool
    request: bool
    media: bytes
    decode: Decode | None


def bound(handler: HTTPRouteHandler, provide: Mapping[str, object]) -> HTTPRouteHandler:
    """Return the handler with all that it asks for bound to it."""
    fn = handler.fn
    if not inspect.iscoroutinefunction(fn):
        raise TypeError(f"{fn.__module__}.{fn.__qualname__} has to be an async function")
    own = deepcopy(handler)  # a shallow one would share what Litestar remembers of a handler
    own(_bound(fn, provide, handler.status_code))
    own.status_code = 200  # the answer is whole when Litestar gets it; 204 would forbid the type of that
    if "GET" in own.http_methods:
        own.http_methods = {*own.http_methods, HttpMethod.HEAD}  # the server leaves the body out
    own.paths = {_KIND.sub(":str}", path) for path in handler.paths}  # the signature converts: a bad value is 422
    return own


def described(handler: HTTPRouteHandler) -> HTTPRouteHandler:
    """Return the handler with nothing left in its signature but what a client sends: for its documentation."""
    fn = handler.fn
    hints = get_type_hints(fn, include_extras=True)
    variables = {part.strip("{}") for path in handler.paths for part in template(path).split("/") if part[:1] == "{"}
    reads = "GET" in handler.http_methods
    sent = [
        each
        for name, each in inspect.signature(fn).parameters.items()
        if name in variables or name == "data" or (name not in BUILT_IN and _is_sent(each, hints[name], reads=reads))
    ]

    async def describe(**_: Any) -> Any: ...

    own = deepcopy(handler)  # a shallow one would share what Litestar remembers of a handler
    own(_dressed(describe, fn, sent, hints))
    own.operation_id = own.operation_id or fn.__name__
    return own


def template(path: str) -> str:
    """Return a handler's path as a route says it: `/v1/events/{event_id:uuid}` is `/v1/events/{event_id}`."""
    return _KIND.sub("}", path)


def asked_for(fn: Callable[..., Any]) -> frozenset[str]:
    """Return the names of a handler's parameters."""
    return frozenset(inspect.signature(fn).parameters)


def _bound(fn: Handle, provide: Mapping[str, object], status: int) -> Handle:
    hints = get_type_hints(fn, include_extras=True)
    needs = _needs(asked_for(fn), provide, hints)
    taken = {*needs.fixed, *BUILT_IN, "request"}

    async def handle(request: AnyRequest, **parameters: Any) -> Any:
        await _fill(parameters, request, needs)
        return reply(await fn(**parameters), status, request)

    left = [each for name, each in inspect.signature(fn).parameters.items() if name not in taken]
    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY)
    return _dressed(handle, fn, [request, *left], {**hints, "request": AnyRequest, "return": ASGIApp})


def _dressed(made: Handle, fn: Handle, parameters: list[inspect.Parameter], hints: Mapping[str, Any]) -> Handle:
    """Give a made function the looks of `fn`, with these parameters only."""
    kept = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[each.name]) for each in parameters]
    returns = hints.get("return")
    made.__signature__ = inspect.Signature(kept, return_annotation=returns)  # type: ignore[attr-defined]
    made.__annotations__ = {each.name: each.annotation for each in kept} | {"return": returns}
    made.__name__, made.__qualname__, made.__module__ = fn.__name__, fn.__qualname__, fn.__module__
    made.__doc__ = fn.__doc__
    return made


def _is_sent(parameter: inspect.Parameter, hint: Any, *, reads: bool) -> bool:
    """Tell a query or header parameter, which a client sends, from what the service provides.

    What is provided has no default and a class of its own; a write that takes a bare value says so with `Parameter`.
    """
    if parameter.default is not inspect.Parameter.empty or get_origin(hint) is Annotated:
        return True
    return reads and (get_origin(hint) is not None or hint in _VALUES)


def _needs(names: frozenset[str], provide: Mapping[str, object], hints: Mapping[str, Any]) -> Needs:
    media, decode = _decoder(hints["data"]) if "data" in names else (JSON_TYPE, None)
    return Needs(
        fixed={name: provide[name] for name in sorted(names & provide.keys())},
        told=tuple(name for name in ("caller", "user") if name in names),
        attempt="attempt" in names,
        body="body" in names,
        request="request" in names,
        media=media,
        decode=decode,
    )


async def _fill(parameters: dict[str, Any], request: AnyRequest, needs: Needs) -> None:
    """Add what the handler asks for to its path and query parameters."""
    parameters.update(needs.fixed)
    told = state(request.scope)
    for name in needs.told:
        parameters[name] = told[name]
    if needs.request:
        parameters["request"] = request
    if needs.decode is not None:
        hold_to(needs.media, headers(request.scope).get(b"content-type"))
    if needs.decode is not None or needs.attempt or needs.body:
        raw = (
            await request.body() if needs.request else await read_body(request.receive)
        )  # read by both: kept by Litestar
        if needs.decode is not None:
            parameters["data"] = needs.decode(raw)
        if needs.attempt:
            parameters["attempt"] = _attempt(told, request, raw)
        if needs.body:
            parameters["body"] = raw


def _attempt(told: Mapping[str, Any], request: AnyRequest, raw: bytes) -> Attempt:
    user = told["user"]
    owner = f"user:{user.id}" if user is not None else told["caller"].name
    return Attempt(told["idempotency_key"], owner, hash_of(request.scope["method"], request.scope["path"], raw))


def _decoder(hint: Any) -> tuple[bytes, Decode]:
    """Return the media type of a body and what decodes it; `Annotated[X, Body(media_type=…)]` names another one."""
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    form = any(isinstance(mark, BodyKwarg) and mark.media_type == RequestEncodingType.URL_ENCODED for mark in marks)
    kind = get_args(hint)[0] if any(isinstance(mark, BodyKwarg) for mark in marks) else hint
    return (FORM_TYPE, form_decoder(kind)) if form else (JSON_TYPE, json_decoder(kind))
