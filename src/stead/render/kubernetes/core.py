"""Values of the Kubernetes API, core group: what Pods are made of. Field names are the API's, in Python's case.

What is None or empty is left out. What the API server would fill in is spelt out, where a comparison of the file with
what runs would differ for ever otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

USER = 10001


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
class SecretKeySelector:
    name: str
    key: str
    optional: bool | None = None


@dataclass(frozen=True, kw_only=True)
class EnvVarSource:
    secret_key_ref: SecretKeySelector


@dataclass(frozen=True, kw_only=True)
class EnvVar:
    name: str
    value: str | None = None
    value_from: EnvVarSource | None = None


@dataclass(frozen=True, kw_only=True)
class HttpGet:
    path: str
    port: str | int
    scheme: str = "HTTP"


@dataclass(frozen=True, kw_only=True)
class TcpSocket:
    port: str | int


@dataclass(frozen=True, kw_only=True)
class Exec:
    command: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Probe:
    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    exec: Exec | None = None
    period_seconds: int = 5
    timeout_seconds: int = 3
    success_threshold: int = 1
    failure_threshold: int = 3


@dataclass(frozen=True, kw_only=True)
class Sleep:
    seconds: int


@dataclass(frozen=True, kw_only=True)
class LifecycleHandler:
    sleep: Sleep


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    pre_stop: LifecycleHandler


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    drop: tuple[str, ...] = ("ALL",)


@dataclass(frozen=True, kw_only=True)
class SeccompProfile:
    type: str = "RuntimeDefault"


@dataclass(frozen=True, kw_only=True)
class SecurityContext:
    """Of a container. What hardens it is the default: who takes something away says so."""

    allow_privilege_escalation: bool = False
    capabilities: Capabilities = field(default_factory=Capabilities)
    privileged: bool = False
    read_only_root_filesystem: bool = True
    run_as_group: int = USER
    run_as_non_root: bool = True
    run_as_user: int = USER
    seccomp_profile: SeccompProfile = field(default_factory=SeccompProfile)


@dataclass(frozen=True, kw_only=True)
class PodSecurityContext:
    fs_group: int = USER
    fs_group_change_policy: str = "OnRootMismatch"
    run_as_group: int = USER
    run_as_non_root: bool = True
    run_as_user: int = USER
    seccomp_profile: SeccompProfile = field(default_factory=SeccompProfile)


@dataclass(frozen=True, kw_only=True)
class ResourceRequirements:
    limits: Mapping[str, str]
    requests: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ContainerPort:
    name: str
    container_port: int
    protocol: str = "TCP"


@dataclass(frozen=True, kw_only=True)
class VolumeMount:
    name: str
    mount_path: str
    read_only: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container; an init container with `restart_policy` Always runs beside the others."""

    name: str
    image: str
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: ResourceRequirements
    volume_mounts: tuple[VolumeMount, ...] = ()
    startup_probe: Probe | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    restart_policy: str | None = None
    security_context: SecurityContext = field(default_factory=SecurityContext)
    image_pull_policy: str = "IfNotPresent"
    termination_message_path: str = "/dev/termination-log"
    termination_message_policy: str = "FallbackToLogsOnError"


@dataclass(frozen=True, kw_only=True)
class EmptyDir:
    medium: str | None = None
    size_limit: str


@dataclass(frozen=True, kw_only=True)
class SecretVolume:
    secret_name: str
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
