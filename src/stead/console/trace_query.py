"""Questions about the traces of a run: a list that is filtered by what any span of a trace holds, and one trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stead.console.run_file import rows
from stead.console.search import Condition, conditions

MOST = 200  # traces of one page
SPANS = 2_000  # of one trace
LINES = 500  # of the logs of one trace
COLUMNS = {"service": "service", "name": "name", "status": "status", "kind": "kind", "trace_id": "trace"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """What is asked for; `slower` in microseconds, `status` a class such as 4 for 4xx, times in µs since 1970."""

    service: str = ""
    text: str = ""
    failed: bool = False
    status: int = 0
    slower: int = 0
    since: int = 0
    until: int = 0


def page(file: Path, trace_filter: TraceFilter, before: tuple[int, str] | None = None, limit: int = 50) -> list[Row]:
    """Return the newest traces before a cursor (start, trace)."""
    found = list(_conditions(trace_filter))
    if before:
        found.append(Condition("(start, trace) < (?, ?)", before))
    where = " AND ".join(f"({each.sql})" for each in found) or "1"
    values = [value for each in found for value in each.values]
    columns = "trace, start, finish - start AS duration, service, name, status, spans, errors"
    sql = f"SELECT {columns} FROM traces WHERE {where} ORDER BY start DESC, trace DESC LIMIT ?"  # noqa: S608 - as in log_query
    return _with_services(file, rows(file, sql, [*values, max(1, min(limit, MOST))]))


def trace(file: Path, trace_id: str) -> dict[str, Any]:
    """Return the spans of a trace in the order of their start, and its log lines; empty when it is not known."""
    found = rows(file, "SELECT * FROM spans WHERE trace = ? ORDER BY start, id LIMIT ?", (trace_id, SPANS))
    for row in found:
        row["attributes"] = msgspec.json.decode(row["attributes"] or "{}")
        row["events"] = msgspec.json.decode(row["events"] or "[]")
    lines = rows(file, "SELECT * FROM logs WHERE trace = ? ORDER BY time, id LIMIT ?", (trace_id, LINES))
    return {"trace": trace_id, "spans": found, "logs": lines}


def _with_services(file: Path, traces: list[Row]) -> list[Row]:
    """Add to each trace the services that took part, in the order in which they began."""
    marks = ", ".join("?" * len(traces))
    sql = (
        "SELECT trace, service, count(*) AS spans, max(error) AS error FROM spans "  # noqa: S608 - marks only
        f"WHERE trace IN ({marks}) GROUP BY trace, service ORDER BY min(start), min(id)"
    )
    found: dict[str, list[Row]] = {}
    for row in rows(file, sql, [each["trace"] for each in traces]):
        found.setdefault(row.pop("trace"), []).append(row)
    return [row | {"services": found.get(row["trace"], [])} for row in traces]


def _conditions(trace_filter: TraceFilter) -> Iterator[Condition]:
    if trace_filter.failed:
        yield Condition("errors > 0", ())
    if trace_filter.status:
        yield Condition("status BETWEEN ? AND ?", (trace_filter.status * 100, trace_filter.status * 100 + 99))
    if trace_filter.slower:
        yield Condition("finish - start >= ?", (trace_filter.slower,))
    if trace_filter.since:
        yield Condition("start >= ?", (trace_filter.since,))
    if trace_filter.until:
        yield Condition("start <= ?", (trace_filter.until,))
    inside = list(conditions(trace_filter.text, ("name", "service", "attributes", "trace"), "attributes", COLUMNS))
    if trace_filter.service:
        inside.append(Condition("service = ?", (trace_filter.service,)))
    if inside:
        where = " AND ".join(f"({each.sql})" for each in inside)
        values = tuple(value for each in inside for value in each.values)
        yield Condition(f"trace IN (SELECT trace FROM spans WHERE {where})", values)  # noqa: S608 - as above
