"""Signature: the parameters of a handler that a client sends, in the path or in the query.

A handler says `order_id: UUID` or `limit: int = 20`; Litestar needs a mark for path or query. A parameter that is
neither, without a default, is provided by the service.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, ParameterKwarg, PathParameter, QueryParameter

Handle = Callable[..., Awaitable[Any]]

BUILT_IN = frozenset({"caller", "user", "attempt", "body", "request"})

_KIND = re.compile(r":[a-z]+\}")
_VALUES = (str, int, float, bool, UUID, date, datetime)


def template(path: str) -> str:
    """Return a handler's path in the notation of routes: `/v1/events/{event_id:uuid}` is `/v1/events/{event_id}`."""
    return _KIND.sub("}", path)


def untyped(path: str) -> str:
    """Return a handler's path with every variable as text: its type is then checked where all the others are."""
    return _KIND.sub(":str}", path)


def asked_for(fn: Callable[..., Any]) -> frozenset[str]:
    """Return the names of a handler's parameters."""
    return frozenset(inspect.signature(fn).parameters)


def sent(handler: HTTPRouteHandler) -> dict[str, inspect.Parameter]:
    """Return the parameters that a client sends, the body's `data` among them, each marked for Litestar."""
    hints = get_type_hints(handler.fn, include_extras=True)
    variables = {part[1:-1] for path in handler.paths for part in template(path).split("/") if part[:1] == "{"}
    reads = "GET" in handler.http_methods
    found = {}
    for name, each in inspect.signature(handler.fn).parameters.items():
        hint = hints[name]
        if name in variables or name == "data" or (name not in BUILT_IN and _is_query(each, hint, reads=reads)):
            found[name] = each.replace(annotation=_marked(name, hint, in_path=name in variables))
    return found


def with_signature(made: Handle, fn: Handle, parameters: list[inspect.Parameter], returns: Any) -> Handle:
    """Give a wrapper the metadata of `fn`, with these parameters only."""
    rest = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    made.__signature__ = inspect.Signature(rest, return_annotation=returns)  # type: ignore[attr-defined]
    made.__annotations__ = {each.name: each.annotation for each in rest} | {"return": returns}
    made.__name__, made.__qualname__, made.__module__ = fn.__name__, fn.__qualname__, fn.__module__
    made.__doc__ = fn.__doc__
    return made


def _is_query(parameter: inspect.Parameter, hint: Any, *, reads: bool) -> bool:
    """Distinguish a query or header parameter. A write must mark a plain value from the query."""
    if parameter.default is not inspect.Parameter.empty or get_origin(hint) is Annotated:
        return True
    return reads and (get_origin(hint) is not None or hint in _VALUES)


def _marked(name: str, hint: Any, *, in_path: bool) -> Any:
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    if any(isinstance(mark, ParameterKwarg | BodyKwarg) for mark in marks):
        return hint
    if name == "data":
        return Annotated[hint, BodyKwarg(media_type=RequestEncodingType.JSON)]
    return Annotated[hint, PathParameter() if in_path else QueryParameter()]


def provided_of(fn: Handle, client: Mapping[str, inspect.Parameter]) -> list[str]:
    """Return the names of the parameters that the service must provide."""
    return sorted(asked_for(fn) - client.keys() - BUILT_IN)
