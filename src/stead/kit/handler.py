"""Handler: bind the objects that a Litestar handler needs, by parameter name, once at the assembly of the service.

`provide` objects, `caller`, `user`, `attempt`, `body` and `data` are thus gone from the signature that Litestar sees:
it parses path and query parameters, and nothing else is resolved for each request. Rejected: Litestar's own dependency
injection, which builds an exit stack, a clean-up group and a second validation of the body for every request.
"""

import inspect
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from litestar import Request
from litestar.enums import HttpMethod, RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg
from litestar.types import ASGIApp

from stead.kit.asgi import headers, state
from stead.kit.body import FORM_TYPE, JSON_TYPE, Decode, form_decoder, json_decoder, read_body, require_media_type
from stead.kit.idempotency_key import IdempotencyKey, hash_of
from stead.kit.reply import reply
from stead.kit.signature import Handle, asked_for, provided_of, sent, untyped, with_signature

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs of a handler function, beside path and query parameters."""

    fixed: Mapping[str, object]
    injected: tuple[str, ...]  # `caller`, `user`
    attempt: bool
    body: bool
    request: bool
    media: bytes
    decode: Decode | None


def bound(handler: HTTPRouteHandler, provide: Mapping[str, object]) -> HTTPRouteHandler:
    """Return the handler with its needs bound; TypeError when one is not provided."""
    fn = handler.fn
    if not inspect.iscoroutinefunction(fn):
        raise TypeError(f"{fn.__module__}.{fn.__qualname__} must be an async function")
    own = deepcopy(handler)  # a shallow copy would share what Litestar stores on a handler
    own(_bound(handler, provide))
    own.status_code = 200  # the answer is whole when Litestar gets it; 204 would forbid the type of that
    if "GET" in own.http_methods:
        own.http_methods = {*own.http_methods, HttpMethod.HEAD}  # the server leaves the body out
    own.paths = {untyped(path) for path in handler.paths}  # a value that does not fit is then 422, not 404
    return own


def described(handler: HTTPRouteHandler) -> HTTPRouteHandler:
    """Return the handler with only client parameters in its signature, for its documentation."""

    async def describe(**_: Any) -> Any: ...

    fn = handler.fn
    own = deepcopy(handler)
    own(
        with_signature(
            describe, fn, list(sent(handler).values()), get_type_hints(fn, include_extras=True).get("return")
        )
    )
    own.operation_id = own.operation_id or fn.__name__
    return own


def _bound(handler: HTTPRouteHandler, provide: Mapping[str, object]) -> Handle:
    fn, status, client = handler.fn, handler.status_code, sent(handler)
    client = {name: each for name, each in client.items() if name not in provide}
    lacking = [name for name in provided_of(fn, client) if name not in provide]
    if lacking:
        raise TypeError(f"{fn.__module__}.{fn.__qualname__} has parameters that nothing provides: {', '.join(lacking)}")
    needs = _needs(asked_for(fn), provide, client)

    async def handle(request: AnyRequest, **parameters: Any) -> Any:
        await _fill(parameters, request, needs)
        return reply(await fn(**parameters), status, request)

    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=AnyRequest)
    left = [each for name, each in client.items() if name != "data"]
    return with_signature(handle, fn, [request, *left], ASGIApp)


def _needs(names: frozenset[str], provide: Mapping[str, object], client: Mapping[str, inspect.Parameter]) -> Needs:
    media, decode = _decoder(client["data"].annotation) if "data" in client else (JSON_TYPE, None)
    return Needs(
        fixed={name: provide[name] for name in sorted(names & provide.keys())},
        injected=tuple(name for name in ("caller", "user") if name in names),
        attempt="attempt" in names,
        body="body" in names,
        request="request" in names,
        media=media,
        decode=decode,
    )


async def _fill(parameters: dict[str, Any], request: AnyRequest, needs: Needs) -> None:
    """Add the handler's needs to its path and query parameters."""
    parameters.update(needs.fixed)
    request_state = state(request.scope)
    for name in needs.injected:
        parameters[name] = request_state[name]
    if needs.request:
        parameters["request"] = request
    if needs.decode is not None:
        require_media_type(needs.media, headers(request.scope).get(b"content-type"))
    if needs.decode is not None or needs.attempt or needs.body:
        raw = (
            await request.body() if needs.request else await read_body(request.receive)
        )  # read by both: Litestar keeps it
        if needs.decode is not None:
            parameters["data"] = needs.decode(raw)
        if needs.attempt:
            parameters["attempt"] = _attempt(request_state, request, raw)
        if needs.body:
            parameters["body"] = raw


def _attempt(request_state: Mapping[str, Any], request: AnyRequest, raw: bytes) -> IdempotencyKey:
    user = request_state["user"]
    owner = f"user:{user.id}" if user is not None else request_state["caller"].name
    return IdempotencyKey(
        request_state["idempotency_key"], owner, hash_of(request.scope["method"], request.scope["path"], raw)
    )


def _decoder(hint: Any) -> tuple[bytes, Decode]:
    """Return the media type and the decoder of a body: JSON, or by the mark of `data`."""
    kind, *marks = get_args(hint)
    media = next(mark.media_type for mark in marks if isinstance(mark, BodyKwarg))
    if media == RequestEncodingType.URL_ENCODED:
        return FORM_TYPE, form_decoder(kind)
    if media == RequestEncodingType.JSON:
        return JSON_TYPE, json_decoder(kind)
    raise TypeError(f"a body of type {media} is not supported; use `body: bytes`")
