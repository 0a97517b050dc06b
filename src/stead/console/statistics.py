"""Figures of a run: how often each service was asked, by whom, how long it took, and what failed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stead.console.call_counter import SLOT
from stead.console.run_file import newer_rows, rows

CALLS = """
SELECT caller, callee, sum(count) AS count, sum(errors) AS errors, max(longest) AS longest
FROM calls WHERE slot BETWEEN ? AND ? GROUP BY caller, callee, step ORDER BY caller, callee, step
"""
USED = f"SELECT caller, callee, sum(count) AS count, max(slot) * {SLOT} AS last FROM calls GROUP BY caller, callee"  # noqa: S608 - a number
OPERATIONS = """
WITH newest AS (
    SELECT name, duration, error FROM spans WHERE service = ? AND kind != 3 ORDER BY id DESC LIMIT 10000
), scaled AS (
    SELECT *, CASE WHEN duration < 100 THEN 1 WHEN duration < 1000 THEN 10 WHEN duration < 10000 THEN 100
        WHEN duration < 100000 THEN 1000 WHEN duration < 1000000 THEN 10000 ELSE 100000 END AS scale FROM newest
)
SELECT name, count(*) AS count, sum(error) AS errors, max(duration) AS longest
FROM scaled GROUP BY name, scale, duration / scale ORDER BY name, longest
"""
FIRST_HEALTHY = """
SELECT process, min(time) AS time FROM states WHERE state IN ('healthy', 'done') GROUP BY process
"""
LAST_STATES = """
SELECT states.* FROM states JOIN (SELECT max(id) AS id FROM states GROUP BY process) AS last ON last.id = states.id
ORDER BY states.id
"""

MICRO = 1_000_000
LAST = 2**62  # later than any slot of time
ROUTES = 500  # routes of one service that are shown

Row = dict[str, Any]


def calls(file: Path, since: int, seconds: float) -> list[Row]:
    """Return the traffic of each arrow in so many seconds since then, or of the whole run for 0.

    A row has the requests a second, the failures, and percentiles in µs.
    """
    last = (since + int(seconds * MICRO)) // SLOT if since else LAST  # what a clock set back left behind is later
    found: dict[tuple[str, str], list[Row]] = {}
    for row in newer_rows(file, CALLS, (since // SLOT, last)):
        found.setdefault((row["caller"], row["callee"]), []).append(row)
    return [{"caller": pair[0], "callee": pair[1], **counted(each, seconds)} for pair, each in found.items()]


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
    return newer_rows(file, USED)


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


def operations(file: Path, service: str) -> list[Row]:
    """Return the routes of a service that were asked for lately, with their figures."""
    found: dict[str, list[Row]] = {}
    for row in rows(file, OPERATIONS, (service,)):
        found.setdefault(row["name"], []).append(row)
    return [{"name": name, **counted(steps, 1.0)} for name, steps in found.items()][:ROUTES]


def counted(steps: list[Row], seconds: float) -> Row:
    """Return the figures of calls that were counted by their length, the shortest of them first."""
    count = sum(row["count"] for row in steps)
    return {
        "count": count,
        "rate": count / seconds,
        "errors": sum(row["errors"] for row in steps),
        "p50": _percentile(steps, count // 2),
        "p95": _percentile(steps, min(count - 1, int(count * 0.95))),
    }


def _percentile(steps: list[Row], rank: int) -> int:
    """Return the longest duration of the step in which the call of that rank is."""
    for row in steps:
        rank -= row["count"]
        if rank < 0:
            return int(row["longest"])
    return int(steps[-1]["longest"])
