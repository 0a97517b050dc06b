"""Values of the Gateway API (gateway.networking.k8s.io/v1): how a host leads to the backend's gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from stead.render.kubernetes.core import Manifest

GROUP = "gateway.networking.k8s.io"


@dataclass(frozen=True, kw_only=True)
class ParentReference:
    name: str
    namespace: str | None = None
    group: str = GROUP
    kind: str = "Gateway"


@dataclass(frozen=True, kw_only=True)
class PathMatch:
    type: str = "PathPrefix"
    value: str = "/"


@dataclass(frozen=True, kw_only=True)
class RouteMatch:
    path: PathMatch = field(default_factory=PathMatch)


@dataclass(frozen=True, kw_only=True)
class BackendReference:
    name: str
    port: int
    group: str = ""
    kind: str = "Service"
    weight: int = 1


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    request: str


@dataclass(frozen=True, kw_only=True)
class RouteRule:
    matches: tuple[RouteMatch, ...] = (RouteMatch(),)
    backend_refs: tuple[BackendReference, ...]
    timeouts: Timeouts | None = None


@dataclass(frozen=True, kw_only=True)
class HttpRouteSpec:
    parent_refs: tuple[ParentReference, ...]
    hostnames: tuple[str, ...]
    rules: tuple[RouteRule, ...]


@dataclass(frozen=True, kw_only=True)
class HttpRoute(Manifest):
    api_version: ClassVar[str] = f"{GROUP}/v1"
    kind: ClassVar[str] = "HTTPRoute"
    spec: HttpRouteSpec


@dataclass(frozen=True, kw_only=True)
class CertificateReference:
    name: str
    group: str = ""
    kind: str = "Secret"


@dataclass(frozen=True, kw_only=True)
class ListenerTls:
    certificate_refs: tuple[CertificateReference, ...]
    mode: str = "Terminate"


@dataclass(frozen=True, kw_only=True)
class RouteNamespaces:
    from_: str = "Same"


@dataclass(frozen=True, kw_only=True)
class AllowedRoutes:
    namespaces: RouteNamespaces = field(default_factory=RouteNamespaces)


@dataclass(frozen=True, kw_only=True)
class GatewayListener:
    name: str
    hostname: str
    port: int
    protocol: str
    tls: ListenerTls | None = None
    allowed_routes: AllowedRoutes = field(default_factory=AllowedRoutes)


@dataclass(frozen=True, kw_only=True)
class GatewaySpec:
    gateway_class_name: str
    listeners: tuple[GatewayListener, ...]


@dataclass(frozen=True, kw_only=True)
class Gateway(Manifest):
    api_version: ClassVar[str] = f"{GROUP}/v1"
    kind: ClassVar[str] = "Gateway"
    spec: GatewaySpec


@dataclass(frozen=True, kw_only=True)
class ExternalSecretStore:
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ExternalSecretTarget:
    name: str
    creation_policy: str = "Owner"
    deletion_policy: str = "Retain"


@dataclass(frozen=True, kw_only=True)
class ExternalReference:
    """The last three are the operator's defaults: without them Argo CD calls the object changed for ever."""

    key: str
    property: str
    conversion_strategy: str = "Default"
    decoding_strategy: str = "None"
    metadata_policy: str = "None"


@dataclass(frozen=True, kw_only=True)
class ExternalValue:
    secret_key: str
    remote_ref: ExternalReference


@dataclass(frozen=True, kw_only=True)
class ExternalSecretSpec:
    secret_store_ref: ExternalSecretStore
    target: ExternalSecretTarget
    data: tuple[ExternalValue, ...]
    refresh_interval: str = "5m"


@dataclass(frozen=True, kw_only=True)
class ExternalSecret(Manifest):
    api_version: ClassVar[str] = "external-secrets.io/v1"
    kind: ClassVar[str] = "ExternalSecret"
    spec: ExternalSecretSpec


Labels = Mapping[str, str]
