"""Questions about the logs of a run: in the order of time, page by page with a cursor, and what came since."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.console.run_file import rows
from stead.console.search import Condition, conditions

MOST = 500  # lines of one page
COLUMNS = {"process": "process", "service": "process", "trace_id": "trace", "span_id": "span", "request_id": "request"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is asked for; `level` is the least, `since` and `until` are microseconds since 1970."""

    processes: tuple[str, ...] = ()
    level: int = 0
    text: str = ""
    trace: str = ""
    span: str = ""
    since: int = 0
    until: int = 0


def page(file: Path, log_filter: LogFilter, before: tuple[int, int] | None = None, limit: int = 200) -> list[Row]:
    """Return the newest lines before a cursor (time, id), the oldest of them first."""
    found = list(_conditions(log_filter))
    if before:
        found.append(Condition("(time, id) < (?, ?)", before))
    # A search reads all lines: three times as fast without the index of time.
    time = "+time" if log_filter.text else "time"
    return _rows(file, found, f"ORDER BY {time} DESC, id DESC", limit)[::-1]


def added(file: Path, log_filter: LogFilter, after: int, limit: int = MOST) -> list[Row]:
    """Return the lines that were recorded after that id, in the order of time."""
    found = [*_conditions(log_filter), Condition("id > ?", (after,))]
    return sorted(_rows(file, found, "ORDER BY id", limit), key=lambda row: (row["time"], row["id"]))


def last_id(file: Path) -> int:
    [row] = rows(file, "SELECT coalesce(max(id), 0) AS id FROM logs")
    return int(row["id"])


def _rows(file: Path, found: list[Condition], order: str, limit: int) -> list[Row]:
    where = " AND ".join(f"({each.sql})" for each in found) or "1"
    values = [value for each in found for value in each.values]
    sql = f"SELECT * FROM logs WHERE {where} {order} LIMIT ?"  # noqa: S608 - conditions without a person's text
    return rows(file, sql, [*values, max(1, min(limit, MOST))])


def _conditions(log_filter: LogFilter) -> Iterator[Condition]:
    if log_filter.processes:
        yield Condition(f"process IN ({', '.join('?' * len(log_filter.processes))})", log_filter.processes)
    if log_filter.level:
        yield Condition("level >= ?", (log_filter.level,))
    if log_filter.trace:
        yield Condition("trace = ?", (log_filter.trace,))
    if log_filter.span:
        yield Condition("span = ?", (log_filter.span,))
    if log_filter.since:
        yield Condition("time >= ?", (log_filter.since,))
    if log_filter.until:
        yield Condition("time <= ?", (log_filter.until,))
    yield from conditions(log_filter.text, ("message", "fields"), "fields", COLUMNS)
