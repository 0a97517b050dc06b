"""Values of the Kubernetes API, core group: Pods and their parts. Field names are the API's, in snake case. None and
empty values are omitted. Defaults of the API server are explicit, if a diff against the live object would show them
otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from stead.render.kubernetes.container import Container, PodSecurityContext


@dataclass(frozen=True, kw_only=True)
class Metadata:
    name: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    finalizers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One object: its group and version, its kind, its name."""

    api_version: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    metadata: Metadata


@dataclass(frozen=True, kw_only=True)
class LocalObjectReference:
    name: str


@dataclass(frozen=True, kw_only=True)
class Namespace(Manifest):
    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Namespace"


@dataclass(frozen=True, kw_only=True)
class ServiceAccount(Manifest):
    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "ServiceAccount"
    automount_service_account_token: bool = False
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServicePort:
    name: str
    port: int
    target_port: str | int
    protocol: str = "TCP"


@dataclass(frozen=True, kw_only=True)
class ServiceSpec:
    selector: Mapping[str, str]
    ports: tuple[ServicePort, ...]
    type: str = "ClusterIP"
    cluster_ip: str | None = None
    session_affinity: str = "None"
    internal_traffic_policy: str = "Cluster"


@dataclass(frozen=True, kw_only=True)
class Service(Manifest):
    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Service"
    spec: ServiceSpec


@dataclass(frozen=True, kw_only=True)
class EmptyDir:
    medium: str | None = None
    size_limit: str


@dataclass(frozen=True, kw_only=True)
class SecretVolume:
    secret_name: str
    items: "tuple[KeyToPath, ...]" = ()
    default_mode: int = 0o440
    optional: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceAccountTokenProjection:
    path: str = "token"
    audience: str | None = None
    expiration_seconds: int = 600


@dataclass(frozen=True, kw_only=True)
class KeyToPath:
    key: str
    path: str


@dataclass(frozen=True, kw_only=True)
class ConfigMapProjection:
    name: str
    items: tuple[KeyToPath, ...]


@dataclass(frozen=True, kw_only=True)
class VolumeProjection:
    service_account_token: ServiceAccountTokenProjection | None = None
    config_map: ConfigMapProjection | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectedVolume:
    sources: tuple[VolumeProjection, ...]
    default_mode: int = 0o440


@dataclass(frozen=True, kw_only=True)
class Volume:
    name: str
    empty_dir: EmptyDir | None = None
    secret: SecretVolume | None = None
    projected: ProjectedVolume | None = None


@dataclass(frozen=True, kw_only=True)
class LabelSelector:
    match_labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TopologySpreadConstraint:
    label_selector: LabelSelector
    topology_key: str = "kubernetes.io/hostname"
    max_skew: int = 1
    when_unsatisfiable: str = "ScheduleAnyway"


@dataclass(frozen=True, kw_only=True)
class PodAffinityTerm:
    label_selector: LabelSelector
    topology_key: str = "kubernetes.io/hostname"


@dataclass(frozen=True, kw_only=True)
class WeightedPodAffinityTerm:
    pod_affinity_term: PodAffinityTerm
    weight: int = 100


@dataclass(frozen=True, kw_only=True)
class PodAntiAffinity:
    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...]


@dataclass(frozen=True, kw_only=True)
class Affinity:
    pod_anti_affinity: PodAntiAffinity


@dataclass(frozen=True, kw_only=True)
class PodSpec:
    service_account_name: str
    automount_service_account_token: bool = False
    enable_service_links: bool = False
    security_context: PodSecurityContext = field(default_factory=PodSecurityContext)
    init_containers: tuple[Container, ...] = ()
    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...] = ()
    restart_policy: str = "Always"
    termination_grace_period_seconds: int = 30
    affinity: Affinity | None = None
    topology_spread_constraints: tuple[TopologySpreadConstraint, ...] = ()
    dns_policy: str = "ClusterFirst"
    scheduler_name: str = "default-scheduler"


@dataclass(frozen=True, kw_only=True)
class PodMetadata:
    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PodTemplate:
    metadata: PodMetadata
    spec: PodSpec
