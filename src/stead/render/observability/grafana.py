"""Grafana's provisioning: where it reads, and where its dashboards are. Nothing is set up by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stead.render.observability.context import ObservabilityContext

PROVISIONING = "/etc/grafana/provisioning"
DASHBOARDS = "/etc/grafana/dashboards"


@dataclass(frozen=True)
class Source:
    """A data source; dashboards name it by its uid, which never changes."""

    name: str
    uid: str
    type: str
    url: str
    isDefault: bool | None = None  # noqa: N815 - Grafana's word
    access: str = "proxy"
    editable: bool = False
    jsonData: Mapping[str, Any] = field(default_factory=dict)  # noqa: N815 - Grafana's word


@dataclass(frozen=True)
class Reference:
    """A data source, as a panel names it."""

    type: str
    uid: str


PROMETHEUS = Reference("prometheus", "prometheus")
LOKI = Reference("loki", "loki")


@dataclass(frozen=True)
class SourcesFile:
    datasources: tuple[Source, ...]
    apiVersion: int = 1  # noqa: N815 - Grafana's word
    prune: bool = True


@dataclass(frozen=True)
class Provider:
    name: str
    folder: str
    options: Mapping[str, str]
    type: str = "file"
    disableDeletion: bool = True  # noqa: N815 - Grafana's word
    allowUiUpdates: bool = False  # noqa: N815 - Grafana's word
    updateIntervalSeconds: int = 30  # noqa: N815 - Grafana's word


@dataclass(frozen=True)
class ProvidersFile:
    providers: tuple[Provider, ...]
    apiVersion: int = 1  # noqa: N815 - Grafana's word


def sources() -> SourcesFile:
    prometheus = Source(
        "Prometheus",
        PROMETHEUS.uid,
        PROMETHEUS.type,
        "http://prometheus:9090",
        isDefault=True,
        jsonData={"httpMethod": "POST", "timeInterval": "5s"},
    )
    return SourcesFile((prometheus, Source("Loki", LOKI.uid, LOKI.type, "http://loki:3100")))


def providers(observability: ObservabilityContext) -> ProvidersFile:
    return ProvidersFile((Provider(observability.name, observability.name, {"path": DASHBOARDS}),))
