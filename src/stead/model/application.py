"""What `app="module:name"` names: a factory that takes no arguments, or an ASGI or WSGI app itself."""

import inspect
from typing import Any

from stead.model.problem import SteadError


class NotAnAppError(SteadError):
    """What a description names as an app is neither a factory nor an app."""


def make(named: str, found: Any) -> Any:
    """Return the app: what was found, when it is one, or what it returns; NotAnAppError when it is neither."""
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
        raise NotAnAppError(f"app={named!r} is a factory that returns a {kind}, and no ASGI app: return the app")
    return app


def is_app(found: Any) -> bool:
    """Return whether it is called as ASGI 3.0 says, with scope, receive and send, and not without arguments."""
    return not _takes(found) and _takes(found, {}, None, None)


def is_wsgi(found: Any) -> bool:
    """Return whether it is called as WSGI (PEP 3333) says, with environ and start_response, and in no other way."""
    return _takes(found, {}, None) and not _takes(found) and not is_app(found)


def _takes(found: Any, *arguments: Any) -> bool:
    if not callable(found):
        return False
    try:
        inspect.signature(found).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a callable of C that tells no signature
        return not arguments
    return True
