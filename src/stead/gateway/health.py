"""The gateway's own health: answered by Envoy itself, without any filter and whatever else is down."""

import json
from collections.abc import Iterator

from stead.gateway.deployment import Deployment
from stead.gateway.envoy.core import DataSource, overwrite
from stead.gateway.envoy.http import FilterConfig
from stead.gateway.envoy.matcher import HeaderMatcher, regex
from stead.gateway.envoy.message import Message
from stead.gateway.envoy.route import DirectResponse, Route, RouteMatch
from stead.model import Gateway
from stead.model.health import PATHS

HEADERS = (overwrite("content-type", "application/json"), overwrite("cache-control", "no-store"))


def health_routes(gateway: Gateway, filters: tuple[str, ...], deployment: Deployment) -> Iterator[Route]:
    """Yield one route for each of /health, /version, /livez and /readyz."""
    off: dict[str, Message] = {name: FilterConfig(disabled=True) for name in filters}
    answer = {"service": gateway.name, "env": deployment.environment, "status": "ok", "version": deployment.version}
    for path in PATHS:
        yield Route(
            name=path,
            match=RouteMatch(path=path, headers=(HeaderMatcher(name=":method", string_match=regex("GET|HEAD")),)),
            direct_response=DirectResponse(status=200, body=DataSource(inline_string=json.dumps(answer))),
            typed_per_filter_config=off,
            response_headers_to_add=(
                overwrite("content-type", "application/json"),
                overwrite("cache-control", "no-store"),
            ),
        )
