"""Render the observability of development: Prometheus, Grafana, Loki and Alloy as an overlay of Compose.

Generated from the description: Prometheus's targets, the alerts and their tests, one dashboard of the whole and one of
each kind of service, and one of the gateway, from its access log. A backend with neither a service that answers
`/metrics` nor a gateway has no overlay. Neither has a description without `dev`, on whose files Compose would lay it:
it gets the files that the monitoring of its other environments reads.
"""

from collections.abc import Iterator, Mapping, Sequence

from stead.model import Backend, Problem
from stead.render import yaml
from stead.render.edit import edited
from stead.render.observability import alloy, dashboard, grafana, overlay
from stead.render.observability.alloy import AlloyFile
from stead.render.observability.context import ObservabilityContext, has_dev
from stead.render.observability.dashboard import Dashboard
from stead.render.observability.dashboards import boards
from stead.render.observability.loki import LokiFile
from stead.render.observability.overlay import NAME, OverlayFile
from stead.render.observability.prometheus import RULES, PrometheusFile, prometheus
from stead.render.observability.rule import RulesFile, rules
from stead.render.observability.rule_tests import alert_rule_tests
from stead.render.observability.serialization import plain

__all__ = ["EDITABLE", "MISSING", "files", "is_wanted", "problems"]

EDITABLE = (AlloyFile, Dashboard, LokiFile, OverlayFile, PrometheusFile, RulesFile)
MISSING = ("no service answers /metrics, and there is no gateway", "give it a service with app=…, or a gateway")
TAKEN = ("alloy", "grafana", "loki", "prometheus")


def is_wanted(backend: Backend) -> bool:
    """Return whether there is something to observe: metrics of a service, or the access log of a gateway."""
    return ObservabilityContext(backend).is_observed


def files(backend: Backend) -> Mapping[str, str]:
    """Return the overlay and its mounted files, by path below `deploy/`; empty when nothing can be observed."""
    observability = ObservabilityContext(backend)
    if not observability.is_observed:
        return {}
    found = dict(_anywhere(observability))
    if observability.has_overlay:
        found |= {overlay.FILE: yaml.written(overlay.tree(observability)), **dict(_mounted(observability))}
    return {f"{NAME}/{path}": text for path, text in found.items()}


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the processes whose names the overlay's own services have."""
    return [
        Problem(
            "OBSERVE001",
            f"in the observability overlay the name {process.name} belongs to one of its own services",
            process.where,
            "rename the process",
        )
        for process in backend.processes
        if process.name in TAKEN and has_dev(backend)
    ]


def _anywhere(observability: ObservabilityContext) -> Iterator[tuple[str, str]]:
    """Yield what the monitoring of any environment reads."""
    backend = observability.backend
    yield "prometheus.yaml", yaml.written(plain(edited(backend, prometheus(observability))))
    yield RULES, yaml.written(plain(edited(backend, rules(observability))))
    yield "rules.test.yaml", yaml.written(plain(alert_rule_tests(observability)))
    for board in boards(observability):
        changed = edited(backend, board)
        yield f"grafana/dashboards/{changed.uid}.json", dashboard.written(changed)


def _mounted(observability: ObservabilityContext) -> Iterator[tuple[str, str]]:
    """Yield what the overlay's own services read besides."""
    backend = observability.backend
    yield "loki.yaml", yaml.written(plain(edited(backend, LokiFile())))
    yield "config.alloy", alloy.written(edited(backend, alloy.alloy(observability)))
    yield "grafana/provisioning/datasources/sources.yaml", yaml.written(plain(grafana.sources()))
    yield "grafana/provisioning/dashboards/dashboards.yaml", yaml.written(plain(grafana.providers(observability)))
