"""Resolve `app="module:name"`: a factory without arguments, or an ASGI or WSGI app."""

import inspect
from typing import Any

from stead.model.problem import SteadError


class NotAnAppError(SteadError):
    """The named object is neither a factory nor an app."""


def make(named: str, found: Any) -> Any:
    """Return the object if it is an app, otherwise the app that it returns; NotAnAppError when it is neither."""
    if is_app(found) or is_wsgi(found):
        return found
    if not _takes(found):
        kind = type(found).__name__
        raise NotAnAppError(
            f"app={named!r} names a {kind} that is neither an ASGI or WSGI app nor a factory without arguments"
        )
    app = found()
    if not callable(app):
        kind = type(app).__name__
        raise NotAnAppError(f"app={named!r} is a factory that returns a {kind}, not an ASGI app: return the app")
    return app


def is_app(found: Any) -> bool:
    """Return whether its signature is that of ASGI 3.0 (scope, receive, send), and not that of a factory."""
    return not _takes(found) and _takes(found, {}, None, None)


def is_wsgi(found: Any) -> bool:
    """Return whether its signature is exactly that of WSGI (PEP 3333): environ and start_response."""
    return _takes(found, {}, None) and not _takes(found) and not is_app(found)


def _takes(found: Any, *arguments: Any) -> bool:
    if not callable(found):
        return False
    try:
        inspect.signature(found).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a function written in C that has no signature
        return not arguments
    return True
