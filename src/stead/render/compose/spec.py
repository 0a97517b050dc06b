"""A Compose file as typed values, with the names of the Compose specification (compose-spec, 05-services and after).

Fields are written in their order. None and empty values are omitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stead.render.compose.text import PassedThrough, Text

Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]
Value = Text | int | float | bool | PassedThrough


@dataclass(frozen=True)
class Build:
    """`context` relative to the file, `dockerfile` relative to the context."""

    context: str
    dockerfile: str
    args: Mapping[str, Value] = field(default_factory=dict)
    target: str | None = None


@dataclass(frozen=True)
class DependsOn:
    """`restart` restarts this service when Compose has recreated the other one."""

    condition: Condition
    restart: bool | None = None


@dataclass(frozen=True)
class Mount:
    """A named volume, or a file of the folder."""

    type: Literal["volume", "bind"]
    source: Text
    target: str
    read_only: bool | None = None


@dataclass(frozen=True)
class SecretMount:
    """A secret as a file: `/run/secrets/<target>`."""

    source: str
    target: str


@dataclass(frozen=True)
class Port:
    """A port of the container, published on an address of this machine; an empty `published` selects a free one."""

    target: int
    published: Text
    host_ip: Text


@dataclass(frozen=True)
class EnvFile:
    path: str
    required: bool = True


@dataclass(frozen=True)
class Healthcheck:
    """`test` begins with CMD; `disable` disables the image's own check."""

    test: tuple[str, ...] = ()
    interval: str | None = "5s"
    timeout: str | None = "3s"
    retries: int | None = 5
    start_period: str | None = "30s"
    disable: bool | None = None


NO_CHECK = Healthcheck(interval=None, timeout=None, retries=None, start_period=None, disable=True)


@dataclass(frozen=True)
class LimitsSpec:
    cpus: str
    memory: str
    pids: int


@dataclass(frozen=True)
class Resources:
    limits: LimitsSpec


@dataclass(frozen=True)
class Deploy:
    resources: Resources
    replicas: int | None = None


@dataclass(frozen=True)
class Logging:
    driver: str = "json-file"
    options: Mapping[str, str] = field(default_factory=lambda: {"max-file": "5", "max-size": "10m"})


@dataclass(frozen=True)
class Ulimit:
    soft: int
    hard: int


@dataclass(frozen=True, kw_only=True)
class ComposeService:
    """One service. Hardening is the default; exceptions are explicit.

    aliases  by network, the further names that it has there; written into `networks`
    links    `service:name`: the name by which this one, and no other, finds a service of a network that both are in
    """

    image: Text
    build: Build | None = None
    depends_on: Mapping[str, DependsOn] = field(default_factory=dict)
    volumes: tuple[Mount, ...] = ()
    secrets: tuple[SecretMount, ...] = ()
    environment: Mapping[str, Value] = field(default_factory=dict)
    env_file: tuple[EnvFile, ...] = ()
    ports: tuple[Text | Port, ...] = ()
    networks: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    network_mode: str | None = None
    command: tuple[Text, ...] = ()
    entrypoint: tuple[Text, ...] = ()
    restart: str = "unless-stopped"
    healthcheck: Healthcheck | None = None
    logging: Logging = field(default_factory=Logging)
    user: str = "10001:10001"
    cap_drop: tuple[str, ...] = ("ALL",)
    deploy: Deploy | None = None
    init: bool | None = True
    profiles: tuple[str, ...] = ()
    pull_policy: str | None = None
    read_only: bool = True
    security_opt: tuple[str, ...] = ("no-new-privileges:true",)
    shm_size: str | None = None
    stop_grace_period: str = "15s"
    tmpfs: tuple[str, ...] = ("/tmp:size=64m,mode=1777",)  # noqa: S108 - a mount of the container's own
    ulimits: Mapping[str, Ulimit] = field(default_factory=lambda: {"nofile": Ulimit(16384, 16384)})


@dataclass(frozen=True)
class Network:
    """`internal` networks lead nowhere else: no internet, no published ports."""

    internal: bool | None = None


@dataclass(frozen=True)
class Volume:
    driver: str | None = None
    driver_opts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Secret:
    file: Text


@dataclass(frozen=True)
class ComposeFile:
    """All services of one environment. The base file has the common part of all environments.

    environment  the one that this is for; it is not written
    """

    name: str
    environment: str
    services: Mapping[str, ComposeService]
    networks: Mapping[str, Network] = field(default_factory=dict)
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
