"""`stead trace`: a request through every service, as the console recorded it."""

import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stead.cli.log_format import readable
from stead.cli.option import Flag, Where
from stead.cli.recording import ask_recording
from stead.console import trace_query
from stead.console.masking import Mask
from stead.console.recorded_mask import recorded_mask
from stead.console.run_file import FOLDER, newest_file, rows, run_files
from stead.console.trace_query import TraceFilter
from stead.model import SteadError
from stead.model.printable import printable
from stead.run.control_client import running_description
from stead.run.state_directory import Folder

BAR = 40  # columns of the waterfall
NEWEST = 20
WIDE = 160  # columns where there is no terminal
SHORTEST = 4  # digits that name a trace

Row = Mapping[str, Any]


def trace(
    trace_id: str = "",
    path: Where = Path(),
    /,
    *,
    failed: Flag = False,
    as_json: Annotated[Flag, Parameter("--json")] = False,
) -> None:
    """Show a request through every service; without an ID, the newest requests.

    Recorded runs are searched as well, the newest first.

    Parameters
    ----------
    trace_id
        The trace's id, or its first digits, as a log line has it.
    failed
        List only requests with a failure.
    as_json
        Print JSON, for a program.
    """
    if "/" in trace_id or "." in trace_id:
        trace_id, path = "", Path(trace_id)
    folder = Folder(running_description(path))
    folder.refuse()
    newest = newest_file(folder.path / FOLDER)
    if newest is None:
        raise SteadError(f"no request was recorded here yet: nothing has run ({folder.description})")
    mask = recorded_mask(folder)
    if trace_id:
        _one(*_found(run_files(folder.path / FOLDER), trace_id.lower()), mask, as_json=as_json)
    else:
        _newest(newest, mask, failed=failed, as_json=as_json)


def _newest(file: Path, mask: Mask, *, failed: bool, as_json: bool) -> None:
    found = mask.value(ask_recording(file, lambda: trace_query.page(file, TraceFilter(failed=failed), limit=NEWEST)))
    if as_json:
        sys.stdout.write("".join(json.dumps(row) + "\n" for row in found))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("trace", "request", "status", "ms", "services"):
        table.add_column(title, no_wrap=True, justify="right" if title == "ms" else "left")
    for row in found:
        services = Text(", ".join(printable(each["service"]) for each in row["services"]))
        name = Text(printable(row["name"]), style="red" if row["errors"] else "")
        trace_id = Text(printable(row["trace"][:12]))
        table.add_row(trace_id, name, str(row["status"] or "–"), f"{row['duration'] / 1000:.1f}", services)
    _console().print(table)


def _found(files: list[Path], start: str) -> tuple[Path, str]:
    """Return the run and the full id of a trace."""
    if len(start) < SHORTEST or set(start) - set("0123456789abcdef"):
        raise SteadError(f"{start!r} is not a trace id: give at least its first {SHORTEST} digits")
    for file in files:
        sql = "SELECT DISTINCT trace FROM spans WHERE trace >= ? AND trace < ? LIMIT 5"
        found = ask_recording(file, partial(rows, file, sql, (start, f"{start}g")))
        if len(found) > 1:
            raise SteadError(f"several traces begin with {start}: {', '.join(row['trace'] for row in found)}")
        if found:
            return file, found[0]["trace"]
    raise SteadError(f"there is no trace {start} in the runs that are kept; stead trace lists the newest")


def _one(file: Path, trace_id: str, mask: Mask, *, as_json: bool) -> None:
    found = mask.value(ask_recording(file, lambda: trace_query.trace(file, trace_id)))
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    console = _console()
    console.print(Text(printable(trace_id), style="dim"))
    console.print(_waterfall(found["spans"]))
    for row in found["logs"]:
        line = {"time": "", "level": "", "message": row["message"], **json.loads(row["fields"] or "{}")}
        console.print(
            Text(f"  {row['process']}  {readable(json.dumps(line)).strip()}"), overflow="ellipsis", no_wrap=True
        )


def _waterfall(spans: list[dict[str, Any]]) -> Table:
    begin = min(span["start"] for span in spans)
    whole = max(1, max(span["start"] + span["duration"] for span in spans) - begin)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for each in ("left", "left", "right", "left"):
        table.add_column(no_wrap=True, overflow="ellipsis", justify="right" if each == "right" else "left")
    for span, depth in _tree(spans):
        left = int((span["start"] - begin) / whole * BAR)
        bar = " " * left + "━" * max(1, round(span["duration"] / whole * BAR))
        style = "red" if span["error"] else "cyan"
        name = Text(f"{'  ' * depth}{printable(span['service'])} ", style="bold") + Text(
            printable(span["name"]), style=""
        )
        status = str(span["status"]) if span["status"] else ""
        table.add_row(name, status, f"{span['duration'] / 1000:.1f} ms", Text(bar[: BAR + 1], style=style))
    return table


def _tree(spans: list[dict[str, Any]]) -> Iterator[tuple[Row, int]]:
    """Yield each span with its depth; a span without a known parent, or in a cycle, has depth 0."""
    known = {span["span"] for span in spans}
    below: dict[str, list[dict[str, Any]]] = {}
    for span in spans:
        below.setdefault(span["parent"] if span["parent"] in known else "", []).append(span)
    done: set[int] = set()
    waiting = [(span, 0) for span in reversed(below.get("", []))]
    while waiting:
        span, depth = waiting.pop()
        if span["id"] in done:
            continue
        done.add(span["id"])
        yield span, depth
        waiting += [(each, depth + 1) for each in reversed(below.get(span["span"], []))]
    yield from ((span, 0) for span in spans if span["id"] not in done)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
