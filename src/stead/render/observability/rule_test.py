"""The types of a rule test, with the names of promtool, and their common parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from stead.render.observability.alert import Alert
from stead.render.observability.context import ObservabilityContext, Observed

Known = Mapping[tuple[str, str], Alert]


@dataclass(frozen=True)
class Series:
    """A time series, one sample a minute, as promtool writes them: `0+60x10` is 0, 60, … ten times."""

    series: str
    values: str


@dataclass(frozen=True)
class Expected:
    exp_labels: Mapping[str, str]
    exp_annotations: Mapping[str, str]


@dataclass(frozen=True)
class AlertTest:
    eval_time: str
    alertname: str
    exp_alerts: tuple[Expected, ...] = ()


@dataclass(frozen=True)
class RuleTest:
    name: str
    input_series: tuple[Series, ...]
    alert_rule_test: tuple[AlertTest, ...]
    interval: str = "1m"


def service_labels(observability: ObservabilityContext, each: Observed) -> dict[str, str]:
    return {"backend": observability.name, "kind": each.kind, "service": each.name}


def instance_labels(observability: ObservabilityContext, each: Observed) -> dict[str, str]:
    return {**service_labels(observability, each), "instance": f"{each.name}:8000", "job": each.name}


def series(name: str, labels: Mapping[str, str], values: str, **more: str) -> Series:
    labels_text = ", ".join(f'{key}="{value}"' for key, value in {**labels, **more}.items())
    return Series(f"{name}{{{labels_text}}}", values)


def expected(alert: Alert, labels: Mapping[str, str], **words: str) -> Expected:
    """Return the expected alert, with the values that Prometheus inserts in its texts."""
    texts = {}
    for key, text in alert.annotations.items():
        for name, value in {**{f"$labels.{label}": value for label, value in labels.items()}, **words}.items():
            text = text.replace(f"{{{{ {name} }}}}", value)
        texts[key] = text
    return Expected({**labels, **alert.labels}, texts)
