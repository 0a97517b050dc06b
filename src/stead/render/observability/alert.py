"""Alert: a rule that tells someone, in the words of Prometheus's manual."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Alert:
    """`for_` is how long it must hold before someone is told."""

    alert: str
    expr: str
    for_: str | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
