"""Questions about the metrics of a process: what was measured of it, and its requests over time."""

from pathlib import Path
from typing import Any

from stead.console.call_counter import SLOT
from stead.console.run_file import newer_rows
from stead.console.statistics import counted

POINTS = 240  # points of one curve
COUNTED = 20_000  # sums of calls that are read, the newest
MEASURED = """
SELECT name, time, value FROM metrics WHERE process = ? AND id > (SELECT max(id) - 40000 FROM metrics) ORDER BY id DESC
LIMIT 2000
"""
REQUESTS = """
SELECT slot, sum(count) AS count, sum(errors) AS errors, max(longest) AS longest
FROM calls WHERE callee = ? GROUP BY slot, step ORDER BY slot DESC, step DESC LIMIT ?
"""
STEPS = (5, 15, 60, 300, 900, 3600)  # seconds of one point
MICRO = 1_000_000

Row = dict[str, Any]


def measured(file: Path, process: str) -> dict[str, list[tuple[int, float]]]:
    """Return the newest measurements by name, as pairs of time and value, the oldest first."""
    found: dict[str, list[tuple[int, float]]] = {}
    for row in newer_rows(file, MEASURED, (process,)):
        curve = found.setdefault(row["name"], [])
        if len(curve) < POINTS:
            curve.append((row["time"], row["value"]))
    return {name: curve[::-1] for name, curve in sorted(found.items())}


def timeline(file: Path, service: str, until: int = 0) -> Row:
    """Return the requests of a service over time: per point, how many, how many failed, and the 95th percentile.

    until    the time, in µs since 1970, to which the curve goes on: nothing may have been asked since the last point
    The step, in seconds, is the shortest by which all of them fit into one curve.
    """
    found = newer_rows(file, REQUESTS, (service, COUNTED))
    if not found:
        return {"step": STEPS[0], "points": []}
    first, last = found[-1]["slot"] * SLOT, max(found[0]["slot"] * SLOT, until)
    step = next((each for each in STEPS if (last - first) / MICRO / each < POINTS), STEPS[-1])
    points: dict[int, list[Row]] = {}
    for row in found:
        points.setdefault(row["slot"] * SLOT // (step * MICRO), []).append(row)
    end = last // (step * MICRO)
    begin = max(min(points), end - POINTS + 1)
    shown = range(begin, end + 1)
    return {"step": step, "points": [_point(number * step * MICRO, points.get(number, [])) for number in shown]}


def _point(time: int, found: list[Row]) -> Row:
    if not found:
        return {"time": time, "count": 0, "errors": 0, "p95": None}
    figures = counted(sorted(found, key=lambda row: row["longest"]), 1.0)
    return {"time": time, **{name: figures[name] for name in ("count", "errors", "p95")}}
