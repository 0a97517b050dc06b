"""Metrics of a backend's backups: a file for node_exporter's textfile collector.

A backup that never started reports nothing; an alert can use the age of the last success.
"""

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.parser import text_string_to_metric_families

NAME = "backup.prom"
SUCCESS = "stead_backup_last_success_timestamp_seconds"
FAILURE = "stead_backup_last_failure_timestamp_seconds"
FAILURES = "stead_backup_failures"
SIZE = "stead_backup_size_bytes"
DURATION = "stead_backup_duration_seconds"
DRILL = "stead_backup_drill_last_success_timestamp_seconds"
HELP = {
    SUCCESS: "Time of the last verified backup of a part.",
    FAILURE: "Time of the last failed backup.",
    FAILURES: "Failed backups since this file was created.",
    SIZE: "Size of the last archive of a part.",
    DURATION: "Duration of the last successful backup.",
    DRILL: "Time of the last successful drill of a part.",
}
LABELS = ("backend", "environment", "part")
Key = tuple[str, str]  # metric, part; an empty part is the whole backend


class Metric:
    """The file of one backend in one environment; a collector reads several files from one folder."""

    def __init__(self, path: Path, backend: str, environment: str) -> None:
        self.path, self._backend, self._environment = path, backend, environment

    def succeeded(self, at: float, seconds: float, sizes: Iterable[tuple[str, int]]) -> None:
        """Record a success with the size of each part."""
        fresh: dict[Key, float] = {(DURATION, ""): seconds, (FAILURES, ""): self._read().get((FAILURES, ""), 0.0)}
        for part, size in sizes:
            fresh |= {(SUCCESS, part): at, (SIZE, part): float(size)}
        self._write(fresh)

    def failed(self, at: float) -> None:
        """Record a failure."""
        self._write({(FAILURE, ""): at, (FAILURES, ""): self._read().get((FAILURES, ""), 0.0) + 1})

    def drilled(self, at: float, parts: Iterable[str]) -> None:
        """Record a successful drill."""
        self._write({(DRILL, part): at for part in parts})

    def _read(self) -> dict[Key, float]:
        try:
            families = list(text_string_to_metric_families(self.path.read_text()))
        except (FileNotFoundError, ValueError):
            return {}
        samples = (sample for family in families for sample in family.samples if sample.name in HELP)
        return {(sample.name, sample.labels.get("part", "")): sample.value for sample in samples}

    def _write(self, fresh: dict[Key, float]) -> None:
        registry = CollectorRegistry()
        gauges: dict[str, Gauge] = {}
        for (name, part), value in sorted((self._read() | fresh).items()):
            gauge = gauges.get(name) or gauges.setdefault(name, Gauge(name, HELP[name], LABELS, registry=registry))
            gauge.labels(self._backend, self._environment, part).set(value)
        write_to_textfile(str(self.path), registry)
