"""Backend → what observes it in development: Prometheus, Grafana, Loki and Alloy as an overlay of Compose.

What is generated of the description: whom Prometheus asks, the alerts and their trials, one dashboard of the whole and
one of each kind of service. It is of use when the description says `/metrics`-telling services, and left out otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence

from stead.model import Backend, Problem
from stead.render import yaml
from stead.render.edit import edited
from stead.render.observability import alloy, dashboard, grafana, overlay
from stead.render.observability.alloy import AlloyFile
from stead.render.observability.board import boards
from stead.render.observability.dashboard import Dashboard
from stead.render.observability.loki import LokiFile
from stead.render.observability.overlay import NAME
from stead.render.observability.plain import plain
from stead.render.observability.prometheus import RULES, PrometheusFile, prometheus
from stead.render.observability.rule import RulesFile, rules
from stead.render.observability.scene import Scene
from stead.render.observability.trial import trials

__all__ = ["EDITABLE", "files", "problems"]

EDITABLE = (AlloyFile, Dashboard, LokiFile, PrometheusFile, RulesFile)
TAKEN = ("alloy", "grafana", "loki", "prometheus")


def files(backend: Backend) -> Mapping[str, str]:
    """Return the overlay and what it mounts, by path below `deploy/`; nothing for what tells no metrics."""
    scene = Scene(backend)
    if not scene.observed:
        return {}
    found = {overlay.FILE: yaml.written(overlay.tree(scene)), **dict(_mounted(scene))}
    return {f"{NAME}/{path}": text for path, text in found.items()}


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the processes whose names the overlay's own services have."""
    return [
        Problem(
            "OBSERVE001",
            f"in the observability overlay {process.name} is the name of what observes the backend",
            process.where,
            "rename the process",
        )
        for process in backend.processes
        if process.name in TAKEN
    ]


def _mounted(scene: Scene) -> Iterator[tuple[str, str]]:
    backend = scene.backend
    yield "prometheus.yaml", yaml.written(plain(edited(backend, prometheus(scene))))
    yield RULES, yaml.written(plain(edited(backend, rules(scene))))
    yield "rules.test.yaml", yaml.written(plain(trials(scene)))
    yield "loki.yaml", yaml.written(plain(edited(backend, LokiFile())))
    yield "config.alloy", alloy.written(edited(backend, alloy.alloy(scene)))
    yield "grafana/provisioning/datasources/sources.yaml", yaml.written(plain(grafana.sources()))
    yield "grafana/provisioning/dashboards/dashboards.yaml", yaml.written(plain(grafana.providers(scene)))
    for board in boards(scene):
        changed = edited(backend, board)
        yield f"grafana/dashboards/{changed.uid}.json", dashboard.written(changed)
