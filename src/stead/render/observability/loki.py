"""Loki's own file: one process, files in a volume, and a week of lines: older ones are deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

RETENTION = "168h"
PORT = 3100
DATA = "/loki"


@dataclass(frozen=True)
class Server:
    http_listen_port: int = PORT
    log_level: str = "warn"


@dataclass(frozen=True)
class Filesystem:
    chunks_directory: str = f"{DATA}/chunks"
    rules_directory: str = f"{DATA}/rules"


@dataclass(frozen=True)
class Storage:
    filesystem: Filesystem = field(default_factory=Filesystem)


@dataclass(frozen=True)
class RingConfig:
    kvstore: Mapping[str, str] = field(default_factory=lambda: {"store": "inmemory"})


@dataclass(frozen=True)
class Common:
    instance_addr: str = "127.0.0.1"
    path_prefix: str = DATA
    replication_factor: int = 1
    storage: Storage = field(default_factory=Storage)
    ring: RingConfig = field(default_factory=RingConfig)


@dataclass(frozen=True)
class Index:
    prefix: str = "index_"
    period: str = "24h"


@dataclass(frozen=True)
class Schema:
    """How lines are laid down from a day on. A later day with another schema is added, never changed."""

    from_: str = "2026-01-01"
    store: str = "tsdb"
    object_store: str = "filesystem"
    schema: str = "v13"
    index: Index = field(default_factory=Index)


@dataclass(frozen=True)
class SchemaConfig:
    configs: tuple[Schema, ...] = (Schema(),)


@dataclass(frozen=True)
class Compactor:
    """The compactor, which does the retention; it is off by default."""

    working_directory: str = f"{DATA}/compactor"
    retention_enabled: bool = True
    delete_request_store: str = "filesystem"


@dataclass(frozen=True)
class Limits:
    retention_period: str = RETENTION
    max_query_lookback: str = RETENTION
    reject_old_samples_max_age: str = RETENTION
    ingestion_rate_mb: int = 16
    ingestion_burst_size_mb: int = 32
    allow_structured_metadata: bool = True


@dataclass(frozen=True)
class Analytics:
    reporting_enabled: bool = False


@dataclass(frozen=True)
class LokiFile:
    """The configuration, with the names of Loki's manual. Without a login: it is reachable only from its own
    network.
    """

    auth_enabled: bool = False
    server: Server = field(default_factory=Server)
    common: Common = field(default_factory=Common)
    schema_config: SchemaConfig = field(default_factory=SchemaConfig)
    compactor: Compactor = field(default_factory=Compactor)
    limits_config: Limits = field(default_factory=Limits)
    analytics: Analytics = field(default_factory=Analytics)
