"""Figures of a run: how often each service was asked, by whom, how long it took, and what failed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stead.console.run_file import rows

# A span of another service than its parent's was called by the parent's service. Where the parent is not known, the
# request came from outside.
CALLS = """
SELECT coalesce(parents.service, json_extract(spans.attributes, '$."peer.service"'), '') AS caller,
    spans.service AS callee, spans.duration, spans.error, spans.status
FROM spans LEFT JOIN spans AS parents ON parents.trace = spans.trace AND parents.span = spans.parent
WHERE spans.start >= ? AND (parents.service IS NULL OR parents.service != spans.service)
ORDER BY spans.id DESC LIMIT 50000
"""
USED = """
SELECT coalesce(parents.service, json_extract(spans.attributes, '$."peer.service"'), '') AS caller,
    spans.service AS callee, count(*) AS count, max(spans.start) AS last
FROM spans LEFT JOIN spans AS parents ON parents.trace = spans.trace AND parents.span = spans.parent
WHERE parents.service IS NULL OR parents.service != spans.service
GROUP BY caller, callee
"""
FIRST_HEALTHY = """
SELECT process, min(time) AS time FROM states WHERE state IN ('healthy', 'done') GROUP BY process
"""
LAST_STATES = """
SELECT states.* FROM states JOIN (SELECT max(id) AS id FROM states GROUP BY process) AS last ON last.id = states.id
ORDER BY states.id
"""

Row = dict[str, Any]


def calls(file: Path, since: int, seconds: float) -> list[Row]:
    """Return the traffic of each arrow since then: requests a second, failures, and the 95th percentile in µs."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows(file, CALLS, (since,)):
        found.setdefault((row["caller"], row["callee"]), []).append(row)
    return [{"caller": pair[0], "callee": pair[1], **_figures(each, seconds)} for pair, each in found.items()]


def by_service(made: Iterable[Row]) -> dict[str, Row]:
    """Return the traffic of each callee, all callers together; the worst percentile stands for all."""
    found: dict[str, Row] = {}
    for row in made:
        total = found.setdefault(row["callee"], {"count": 0, "rate": 0.0, "errors": 0, "p95": 0})
        for name in ("count", "rate", "errors"):
            total[name] += row[name]
        total["p95"] = max(total["p95"], row["p95"])
    return found


def used(file: Path) -> list[Row]:
    """Return who called whom in the whole run, and how often."""
    return rows(file, USED)


def start_times(file: Path, started: int) -> dict[str, int]:
    """Return how long after the start of the run each process was well, in µs."""
    return {row["process"]: row["time"] - started for row in rows(file, FIRST_HEALTHY)}


def last_states(file: Path) -> list[Row]:
    """Return the last state of each process, as the board of a run shows them."""
    found = rows(file, LAST_STATES)
    return [row | {"name": row["process"], "since": row["time"] / 1e6, "last": []} for row in found]


def history(file: Path, process: str) -> list[Row]:
    """Return what became of a process, the newest first."""
    return rows(file, "SELECT * FROM states WHERE process = ? ORDER BY id DESC LIMIT 100", (process,))


def operations(file: Path, service: str) -> Iterator[Row]:
    """Yield the routes of a service that were asked for, with their figures."""
    sql = "SELECT name, duration, error, status FROM spans WHERE service = ? AND kind != 3 ORDER BY id DESC LIMIT 20000"
    found: dict[str, list[Row]] = {}
    for row in rows(file, sql, (service,)):
        found.setdefault(row["name"], []).append(row)
    for name, each in sorted(found.items()):
        yield {"name": name, **_figures(each, 1.0)}


def _figures(found: list[Row], seconds: float) -> Row:
    durations = sorted(row["duration"] for row in found)
    return {
        "count": len(found),
        "rate": len(found) / seconds,
        "errors": sum(row["error"] for row in found),
        "p50": durations[len(durations) // 2],
        "p95": durations[min(len(durations) - 1, int(len(durations) * 0.95))],
    }
