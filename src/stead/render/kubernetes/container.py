"""Values of the Kubernetes API, core group: containers. See `core`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

USER = 10001


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
class Grpc:
    port: int


@dataclass(frozen=True, kw_only=True)
class Exec:
    command: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Probe:
    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    grpc: Grpc | None = None
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
    """The security context of a container. Hardening is the default; exceptions are explicit."""

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
    image_pull_policy: str = "Always"  # the credentials are verified each time; what a digest names is fetched once
    termination_message_path: str = "/dev/termination-log"
    termination_message_policy: str = "FallbackToLogsOnError"
