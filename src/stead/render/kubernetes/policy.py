"""Values of the Kubernetes API: network policies and RBAC."""

from dataclasses import dataclass, field
from typing import ClassVar

from stead.render.kubernetes.core import LabelSelector, Manifest


@dataclass(frozen=True, kw_only=True)
class IpBlock:
    cidr: str
    except_: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Pods by their labels, in this namespace or in others; or addresses. An empty selector is everything."""

    namespace_selector: LabelSelector | None = None
    pod_selector: LabelSelector | None = None
    ip_block: IpBlock | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyPort:
    port: int
    protocol: str = "TCP"


@dataclass(frozen=True, kw_only=True)
class IngressRule:
    from_: tuple[Peer, ...]
    ports: tuple[PolicyPort, ...]


@dataclass(frozen=True, kw_only=True)
class EgressRule:
    to: tuple[Peer, ...]
    ports: tuple[PolicyPort, ...]


@dataclass(frozen=True, kw_only=True)
class NetworkPolicySpec:
    pod_selector: LabelSelector
    policy_types: tuple[str, ...] = ("Ingress", "Egress")
    ingress: tuple[IngressRule, ...] = ()
    egress: tuple[EgressRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NetworkPolicy(Manifest):
    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "NetworkPolicy"
    spec: NetworkPolicySpec


@dataclass(frozen=True, kw_only=True)
class PolicyRule:
    api_groups: tuple[str, ...]
    resources: tuple[str, ...]
    resource_names: tuple[str, ...] = ()
    verbs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Role(Manifest):
    api_version: ClassVar[str] = "rbac.authorization.k8s.io/v1"
    kind: ClassVar[str] = "Role"
    rules: tuple[PolicyRule, ...]


@dataclass(frozen=True, kw_only=True)
class Subject:
    name: str
    namespace: str
    kind: str = "ServiceAccount"


@dataclass(frozen=True, kw_only=True)
class RoleRef:
    name: str
    api_group: str = "rbac.authorization.k8s.io"
    kind: str = "Role"


@dataclass(frozen=True, kw_only=True)
class RoleBinding(Manifest):
    api_version: ClassVar[str] = "rbac.authorization.k8s.io/v1"
    kind: ClassVar[str] = "RoleBinding"
    role_ref: RoleRef
    subjects: tuple[Subject, ...] = field(default_factory=tuple)
