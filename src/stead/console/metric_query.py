"""Questions about the metrics of a process: what was measured of it, and its requests over time."""

import sqlite3
from pathlib import Path
from typing import Any

from stead.console.run_file import rows

POINTS = 240  # of one curve
SPANS = 20_000  # of one process that are looked at, the newest
MEASURED = """
SELECT name, time, value FROM metrics WHERE process = ? AND id > (SELECT max(id) - 40000 FROM metrics) ORDER BY id DESC
LIMIT 2000
"""
REQUESTS = "SELECT start, duration, error FROM spans WHERE service = ? AND kind = 2 ORDER BY id DESC LIMIT ?"
STEPS = (5, 15, 60, 300, 900, 3600)  # seconds of one point
MICRO = 1_000_000

Row = dict[str, Any]


def measured(file: Path, process: str) -> dict[str, list[tuple[int, float]]]:
    """Return the newest measurements by name, as pairs of time and value, the oldest first."""
    found: dict[str, list[tuple[int, float]]] = {}
    for row in _measured(file, process):
        curve = found.setdefault(row["name"], [])
        if len(curve) < POINTS:
            curve.append((row["time"], row["value"]))
    return {name: curve[::-1] for name, curve in sorted(found.items())}


def _measured(file: Path, process: str) -> list[Row]:
    try:
        return rows(file, MEASURED, (process,))
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):  # a run of an earlier version
            return []
        raise


def timeline(file: Path, service: str) -> Row:
    """Return the requests of a service over time: per point, how many, how many failed, and the 95th percentile.

    The step, in seconds, is the shortest by which all of them fit into one curve.
    """
    found = rows(file, REQUESTS, (service, SPANS))
    if not found:
        return {"step": STEPS[0], "points": []}
    first, last = min(row["start"] for row in found), max(row["start"] for row in found)
    step = next((each for each in STEPS if (last - first) / MICRO / each < POINTS), STEPS[-1])
    points: dict[int, list[Row]] = {}
    for row in found:
        points.setdefault(row["start"] // (step * MICRO), []).append(row)
    begin = max(min(points), max(points) - POINTS + 1)
    shown = range(begin, max(points) + 1)
    return {"step": step, "points": [_point(number * step * MICRO, points.get(number, [])) for number in shown]}


def _point(time: int, found: list[Row]) -> Row:
    durations = sorted(row["duration"] for row in found)
    p95 = durations[min(len(durations) - 1, int(len(durations) * 0.95))] if durations else None
    return {"time": time, "count": len(found), "errors": sum(row["error"] for row in found), "p95": p95}
