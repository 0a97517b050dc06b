"""Assemble a service: declared routes, handlers, components, and the layers around them.

From the outside in, each layer pure ASGI:

    Lifespan   opens the parts in order, closes them in reverse
    Health     answers /health, /version, /livez, /readyz without a token
    Observe    ids, metrics, the access line, spans; /metrics
    Problems   a Refusal or a framework's error becomes problem+json; anything else a bare 500
    Deadline   cancels a request after its time limit
    Boundary   only declared routes, only declared callers
    Limits     the size of the body
    Litestar   path and query parameters, the handler, the answer

Litestar is set up lean: no OpenAPI routes, no logging of its own, no debug pages, no dependency injection per request.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Litestar, Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin

from stead.kit.asgi import ASGIApp
from stead.kit.boundary import Boundary
from stead.kit.caller import Keyring
from stead.kit.component import Component, Lifespan
from stead.kit.deadline import Deadline
from stead.kit.handler import bound
from stead.kit.health import Health
from stead.kit.http_problem import HttpProblem, Problems, common
from stead.kit.limits import Limits
from stead.kit.metrics import Collector, Metrics
from stead.kit.observability import Observe
from stead.kit.settings import ServiceSettings
from stead.kit.spans import exporter, give
from stead.model.refusal import BODY_TOO_LARGE, METHOD_NOT_ALLOWED, NOT_FOUND
from stead.model.route import Route

__all__ = ["Component", "service_app"]

logger = logging.getLogger(__name__)

COMMON_OF = {each.status: each for each in (NOT_FOUND, METHOD_NOT_ALLOWED, BODY_TOO_LARGE)}
_NOTHING: Mapping[str, object] = {}


def service_app(
    settings: ServiceSettings,
    *,
    routes: Sequence[Route],
    handlers: Sequence[HTTPRouteHandler],
    parts: Sequence[Component] = (),
    provide: Mapping[str, object] = _NOTHING,
    health: Sequence[Component] = (),
) -> ASGIApp:
    """Return the service as an ASGI app; SettingsError when a setting that it needs cannot be used.

    parts    opened in this order when the service starts, closed in reverse
    provide  objects that reach the handlers by parameter name
    health   those of the parts without which `/health` is 503
    """
    inner: Any = _LeanLitestar(
        route_handlers=[bound(handler, provide) for handler in handlers],
        exception_handlers={Exception: _pass_on},
        logging_config=None,
        openapi_config=None,
        debug=False,
        request_max_body_size=settings.max_body_bytes,
    )
    wrapped: ASGIApp = Limits(inner, settings.request_limits)
    wrapped = Boundary(wrapped, routes, Keyring.of(settings), settings.service_name)
    wrapped = Problems(Deadline(wrapped), translate)
    metrics = Metrics(part for part in parts if isinstance(part, Collector))
    export = exporter(settings.service_name, settings.otel_exporter_otlp_endpoint)
    give(export, parts)
    wrapped = Health(
        Observe(wrapped, metrics, export),
        settings,
        parts=parts,
        needed=health,
    )
    return Lifespan(wrapped, parts)


class _LeanLitestar(Litestar):
    """Without the plugins for pydantic and attrs: bodies are msgspec's, and the plugins cost a start 50 ms and 4 MB."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def translate(error: Exception) -> HttpProblem | None:
    """Return the error response for an exception of Litestar; None when the client did not cause it."""
    if isinstance(error, HttpProblem):
        return error
    refusal = getattr(error, "refusal", None)
    if isinstance(refusal, HttpProblem):
        logger.warning("refused by a peer: %s", error)
        return refusal
    if isinstance(error, ValidationException):
        return _invalid(error)
    if isinstance(error, HTTPException) and error.status_code < 500:
        row = COMMON_OF.get(error.status_code)
        return common(row) if row else HttpProblem(error.status_code, "refused")
    return None


def _invalid(error: ValidationException) -> HttpProblem:
    faults = error.extra if isinstance(error.extra, list) else []
    errors = [{"path": str(each.get("key", "")), "message": str(each.get("message", ""))} for each in faults]
    return HttpProblem(422, "invalid_parameter", "A parameter is malformed.", errors=errors)


def _pass_on(_request: Request[Any, Any, Any], error: Exception) -> Any:
    raise error  # `Problems`, further out, has the one place where an error becomes an answer
