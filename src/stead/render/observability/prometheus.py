"""Prometheus's configuration with its targets. Each service answers `/metrics` on its port, inside its networks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stead.model.health import METRICS
from stead.render.docker.image_kind import PORT
from stead.render.observability.context import ObservabilityContext, Observed

FOLDER = "/etc/prometheus"
RULES = "rules.yaml"
EVERY = "5s"  # a development's minutes are short


@dataclass(frozen=True)
class Global:
    scrape_interval: str = EVERY
    scrape_timeout: str = "3s"
    evaluation_interval: str = EVERY


@dataclass(frozen=True)
class Static:
    targets: tuple[str, ...]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Dns:
    """Every address that a name has: all replicas of a service."""

    names: tuple[str, ...]
    port: int
    type: str = "A"
    refresh_interval: str = EVERY


@dataclass(frozen=True)
class Relabel:
    target_label: str
    replacement: str


@dataclass(frozen=True)
class Scrape:
    """One job. A name that cannot be resolved counts as down with `static`, and as nothing at all with `dns`."""

    job_name: str
    static_configs: tuple[Static, ...] = ()
    dns_sd_configs: tuple[Dns, ...] = ()
    relabel_configs: tuple[Relabel, ...] = ()
    metrics_path: str = METRICS
    sample_limit: int = 50_000


@dataclass(frozen=True)
class PrometheusFile:
    """The configuration, in the words of Prometheus's manual."""

    scrape_configs: tuple[Scrape, ...]
    global_: Global = field(default_factory=Global)
    rule_files: tuple[str, ...] = (f"{FOLDER}/{RULES}",)


def prometheus(observability: ObservabilityContext) -> PrometheusFile:
    """Return the targets of Prometheus: the backend's services, and those of the overlay."""
    return PrometheusFile(
        (*(_service(observability, each) for each in observability.observed), *_self_scrapes(observability))
    )


def _service(observability: ObservabilityContext, each: Observed) -> Scrape:
    labels = {"backend": observability.name, "kind": each.kind, "service": each.name}
    if each.replicas == 1:
        return Scrape(each.name, static_configs=(Static((f"{each.name}:{PORT}",), labels),))
    relabel = tuple(Relabel(label, value) for label, value in labels.items())
    return Scrape(each.name, dns_sd_configs=(Dns((each.name,), PORT),), relabel_configs=relabel)


def _self_scrapes(observability: ObservabilityContext) -> Iterator[Scrape]:
    beside = (("alloy", "alloy:12345"), ("loki", "loki:3100")) if observability.has_overlay else ()
    for name, address in (*beside, ("prometheus", "localhost:9090")):
        yield Scrape(f"observability-{name}", static_configs=(Static((address,), {"backend": observability.name}),))
