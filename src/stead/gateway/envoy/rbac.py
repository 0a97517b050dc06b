"""envoy.config.rbac.v3: authorization."""

from collections.abc import Mapping
from typing import Literal

from stead.gateway.envoy.matcher import HeaderMatcher, MetadataMatcher
from stead.gateway.envoy.message import Message


class Permission(Message):
    any: bool


class SourcedMetadata(Message):
    """Metadata that the filters before this one have noted of the request."""

    metadata_matcher: MetadataMatcher


class Principals(Message):
    ids: tuple["Principal", ...]


class Principal(Message):
    """One condition on the request; exactly one field is set."""

    any: bool | None = None
    header: HeaderMatcher | None = None
    sourced_metadata: SourcedMetadata | None = None
    and_ids: Principals | None = None
    or_ids: Principals | None = None
    not_id: "Principal | None" = None


class Policy(Message):
    permissions: tuple[Permission, ...]
    principals: tuple[Principal, ...]


class Rules(Message):
    action: Literal["ALLOW", "DENY"]
    policies: Mapping[str, Policy]


class Rbac(Message, type="envoy.extensions.filters.http.rbac.v3.RBAC"):
    rules: Rules | None = None
    rules_stat_prefix: str | None = None


class RouteRbac(Message):
    """The same message as Rbac; inside RbacPerRoute its type is known, so it must not say it."""

    rules: Rules
    rules_stat_prefix: str


class RbacPerRoute(Message, type="envoy.extensions.filters.http.rbac.v3.RBACPerRoute"):
    rbac: RouteRbac


def all_of(*conditions: Principal) -> Principal:
    return Principal(and_ids=Principals(ids=conditions))


def any_of(*conditions: Principal) -> Principal:
    return Principal(or_ids=Principals(ids=conditions))


def noted(matcher: MetadataMatcher) -> Principal:
    return Principal(sourced_metadata=SourcedMetadata(metadata_matcher=matcher))


def allow(name: str, *principals: Principal) -> Rules:
    """Admit only requests that meet one of the conditions."""
    return Rules(action="ALLOW", policies={name: Policy(permissions=(Permission(any=True),), principals=principals)})
