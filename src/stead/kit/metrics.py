"""Metrics of requests in the Prometheus text format: count, outcome and duration.

The label is the declared route, never the requested path: a client cannot create time series. Requests are
counted in plain lists and turned into metric families only when someone scrapes; Rejected: prometheus-client's own
counters, whose locks and label lookups cost more for every request.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import HistogramMetricFamily, Metric

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MEDIA = b"text/plain; version=0.0.4; charset=utf-8"
UNKNOWN = "(undeclared)"

Key = tuple[str, str, int]


@runtime_checkable
class Collector(Protocol):
    """An object with its own metrics."""

    def collect(self) -> Iterable[Metric]: ...


class Metrics:
    """The requests of one service. `/metrics` renders it, with the process's own memory, files and collections.

    more  others who tell theirs there, such as an outbox
    """

    def __init__(self, more: Iterable[Collector] = ()) -> None:
        self._seen: dict[Key, list[int]] = {}
        self._seconds: dict[Key, float] = {}
        self.registry = CollectorRegistry()
        self.registry.register(self)
        for each in more:
            self.registry.register(each)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

    def record(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (method, route, status)
        counts = self._seen.get(key)
        if counts is None:
            counts = self._seen[key] = [0] * (len(BOUNDS) + 1)
            self._seconds[key] = 0.0
        counts[bisect_left(BOUNDS, seconds)] += 1
        self._seconds[key] += seconds

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families: what prometheus-client asks of a collector."""
        family = HistogramMetricFamily(
            "http_request_duration_seconds", "Duration of requests.", labels=["method", "route", "status"]
        )
        for key, counts in sorted(self._seen.items()):
            method, route, status = key
            family.add_metric([method, route, str(status)], _cumulative(counts), self._seconds[key])
        yield family

    def render(self) -> bytes:
        return generate_latest(self.registry)


def _cumulative(counts: list[int]) -> list[tuple[str, float]]:
    buckets, total = [], 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
