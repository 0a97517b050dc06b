"""envoy.config.route.v3: from a request to a cluster or to an answer."""

from collections.abc import Mapping

from stead.gateway.envoy.core import DataSource, HeaderValueOption, TypedExtension
from stead.gateway.envoy.matcher import HeaderMatcher, RegexMatcher
from stead.gateway.envoy.message import Message


class RouteMatch(Message):
    path: str | None = None
    prefix: str | None = None
    safe_regex: RegexMatcher | None = None
    headers: tuple[HeaderMatcher, ...] = ()


class RetryBackOff(Message):
    base_interval: str
    max_interval: str


class PreviousHosts(Message, type="envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"):
    pass


class RetryPolicy(Message):
    retry_on: str
    num_retries: int
    retry_back_off: RetryBackOff
    retry_host_predicate: tuple[TypedExtension, ...] = ()
    host_selection_retry_max_attempts: int | None = None


class RegexRewrite(Message):
    pattern: RegexMatcher
    substitution: str


class UpgradeConfig(Message):
    upgrade_type: str


class RouteAction(Message):
    cluster: str
    timeout: str
    idle_timeout: str | None = None
    upgrade_configs: tuple[UpgradeConfig, ...] = ()
    regex_rewrite: RegexRewrite | None = None
    retry_policy: RetryPolicy | None = None


class DirectResponse(Message):
    status: int
    body: DataSource | None = None


class Metadata(Message):
    """envoy.config.core.v3.Metadata: what a route says of itself, for the answers of Envoy's own."""

    filter_metadata: Mapping[str, Mapping[str, str]]


class Route(Message):
    name: str
    metadata: Metadata | None = None
    match: RouteMatch
    route: RouteAction | None = None
    direct_response: DirectResponse | None = None
    typed_per_filter_config: Mapping[str, Message] | None = None
    request_headers_to_add: tuple[HeaderValueOption, ...] = ()
    request_headers_to_remove: tuple[str, ...] = ()
    response_headers_to_add: tuple[HeaderValueOption, ...] = ()


class VirtualHost(Message):
    name: str
    domains: tuple[str, ...]
    routes: tuple[Route, ...]
    typed_per_filter_config: Mapping[str, Message] | None = None


class RouteConfiguration(Message):
    name: str
    virtual_hosts: tuple[VirtualHost, ...]
