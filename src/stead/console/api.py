"""What the page asks for, as JSON. Every handler reads; the actions have a module of their own."""

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any, Protocol

import msgspec

from stead.console import log_query, metric_query, statistics, trace_query
from stead.console.config import Node
from stead.console.database_reader import DatabaseReader
from stead.console.http_message import BadRequest, Request, Response, as_json
from stead.console.log_query import LogFilter
from stead.console.log_record import LEVELS
from stead.console.process_memory import memory
from stead.console.refusals import refusals
from stead.console.run_file import rows, run_files, size
from stead.console.run_view import RunView, ended_run
from stead.console.trace_query import TraceFilter

PAGES = 10_000  # rows of a table
HEX = 32  # digits of a trace id
DIGITS = 20  # digits of a number that fits into 64 bits


class Runs(Protocol):
    """The runs of one backend: the one that goes on, and those that are kept."""

    folder: Path

    def live(self) -> RunView | None: ...
    def notes(self) -> list[str]: ...


class NotFound(Exception):  # noqa: N818 - the name of the status
    """There is nothing of that name; the text says what there is."""


class Api:
    """Reads the files of the runs, each question in a thread of its own."""

    def __init__(self, runs: Runs, databases: DatabaseReader) -> None:
        self._runs, self._databases = runs, databases

    async def overview(self, request: Request) -> Response:
        return as_json(await asyncio.to_thread(self._overview, request))

    async def logs(self, request: Request) -> Response:
        return as_json(await asyncio.to_thread(self._logs, request))

    async def traces(self, request: Request) -> Response:
        return as_json(await asyncio.to_thread(self._traces, request))

    async def trace(self, request: Request) -> Response:
        run = await asyncio.to_thread(self.run, request)
        found = await asyncio.to_thread(trace_query.trace, run.file, request.variables["trace"])
        if not found["spans"] and not found["logs"] and request.query.get("pending") != "1":
            raise NotFound("There is no such trace in this run; it may be too old, or of another run.")
        return as_json(found)

    async def boundaries(self, request: Request) -> Response:
        return as_json(await asyncio.to_thread(self._boundaries, request))

    async def service(self, request: Request) -> Response:
        return as_json(await asyncio.to_thread(self._service, request))

    async def database(self, request: Request) -> Response:
        return as_json(await asyncio.to_thread(lambda: self._databases.overview(self._live_node(request))))

    async def rows(self, request: Request) -> Response:
        """Return a page of a table of a service; `table` is the schema, a dot, and the name."""
        schema, _, table = request.query.get("table", "").partition(".")
        page = min(request.number("page"), PAGES)
        found = await asyncio.to_thread(lambda: self._databases.rows(self._live_node(request), schema, table, page))
        return as_json(found)

    def _live_node(self, request: Request) -> Node:
        name, live = request.variables["name"], self._runs.live()
        node = next((node for node in live.graph.nodes if node.name == name), None) if live else None
        if node is None:
            raise NotFound(f"There is no process {name!r} in the run that goes on.")
        return node

    async def runs(self, _: Request) -> Response:
        return as_json(await asyncio.to_thread(self._all_runs))

    def run(self, request: Request) -> RunView:
        """Return the run that a request names; the one that goes on, or the newest, when it names none."""
        name, live = request.query.get("run", ""), self._runs.live()
        if live is not None and name in ("", live.name):
            return live
        files = {file.stem: file for file in run_files(self._runs.folder)}
        if not files:
            raise NotFound("No run is recorded yet.")
        if not name:
            return ended_run(next(iter(files.values())))
        if name not in files:
            raise NotFound(f"There is no run {name!r}; it may have been deleted since.")
        return ended_run(files[name])

    def _overview(self, request: Request) -> dict[str, Any]:
        run = self.run(request)
        calls, processes, live = run.calls(), run.processes(), run.state is not None
        state = run.state or {}
        return {
            "run": _about(run),
            "processes": [each | {"memory": memory(each["pid"])} for each in processes] if live else processes,
            "graph": run.graph,
            "calls": calls,
            "traffic": statistics.by_service(calls),
            "url": state.get("url", ""),
            "settled": state.get("settled", True),
            "well": state.get("well", True),
            "notes": [*state.get("notes", ()), *self._runs.notes()] if run.state is not None else [],
        }

    def _logs(self, request: Request) -> dict[str, Any]:
        run, log_filter = self.run(request), _log_filter(request)
        if "after" in request.query:
            lines = log_query.added(run.file, log_filter, request.number("after"))
            last = max((line["id"] for line in lines), default=request.number("after"))
            return {"lines": lines, "last": last}
        last = log_query.last_id(run.file)
        limit = request.number("limit", 200)
        lines = log_query.page(run.file, log_filter, _cursor(request), limit)
        return {"lines": lines, "last": last, "more": len(lines) >= limit, "processes": _names(run)}

    def _traces(self, request: Request) -> dict[str, Any]:
        run = self.run(request)
        trace_filter = TraceFilter(
            service=request.query.get("service", ""),
            text=request.query.get("q", ""),
            failed=request.query.get("failed", "") == "1",
            status=request.number("status"),
            slower=request.number("slower") * 1000,
            since=request.number("since"),
            until=request.number("until"),
        )
        limit = request.number("limit", 50)
        before = _trace_cursor(request)
        found = trace_query.page(run.file, trace_filter, before, limit)
        return {"traces": found, "more": len(found) >= limit, "services": [node.name for node in run.graph.nodes]}

    def _boundaries(self, request: Request) -> dict[str, Any]:
        run = self.run(request)
        return {
            "graph": run.graph,
            "used": statistics.used(run.file),
            "refused": refusals(run.file, run.gateway),
            "gateway": run.gateway,
        }

    def _service(self, request: Request) -> dict[str, Any]:
        run, name = self.run(request), request.variables["name"]
        node = next((node for node in run.graph.nodes if node.name == name), None)
        process = next((each for each in run.processes() if each["name"] == name), None)
        if node is None and process is None:
            raise NotFound(f"There is no process {name!r} in this run.")
        now = time.time_ns() // 1000 if run.state is not None else 0
        return {
            "name": name,
            "node": node,
            "process": process,
            "traffic": statistics.by_service(run.calls()).get(name),
            "operations": statistics.operations(run.file, name),
            "history": statistics.history(run.file, name),
            "metrics": metric_query.measured(run.file, name),
            "timeline": metric_query.timeline(run.file, name, now),
            "callers": [call for call in run.graph.calls if call.callee == name],
            "calls": [call for call in run.graph.calls if call.caller == name],
        }

    def _all_runs(self) -> dict[str, Any]:
        live = self._runs.live()
        return {"runs": [_run_row(file, live) for file in run_files(self._runs.folder)]}


def _run_row(file: Path, live: RunView | None) -> dict[str, Any]:
    """Return what the list shows of a run; of a damaged file, its name and what is wrong with it."""
    bytes_ = size(file)
    try:
        run = live if live is not None and live.file == file else ended_run(file)
        [counts] = rows(
            file,
            "SELECT (SELECT count(*) FROM traces) AS traces, (SELECT count(*) FROM traces WHERE errors > 0) AS failed, "
            "(SELECT count(*) FROM logs) AS logs, (SELECT count(*) FROM logs WHERE level >= 40) AS errors, "
            "(SELECT avg(finish - start) FROM traces) AS mean",
        )
        return (
            _about(run)
            | counts
            | {
                "bytes": bytes_,
                "starts": statistics.start_times(file, run.started),
                "traffic": statistics.by_service(statistics.calls(file, 0, 1.0)),
            }
        )
    except (sqlite3.Error, msgspec.MsgspecError, ValueError) as error:
        return {"name": file.stem, "bytes": bytes_, "damaged": f"{file} is damaged: {error}"}


def _about(run: RunView) -> dict[str, Any]:
    names = ("backend", "environment", "version")
    return {
        "name": run.name,
        "live": run.state is not None,
        "started": run.started,
        **{name: run.about.get(name, "") for name in names},
    }


def _names(run: RunView) -> list[str]:
    return [process["name"] for process in run.processes()]


def _log_filter(request: Request) -> LogFilter:
    level = request.query.get("level", "")
    if level and level not in LEVELS:
        raise BadRequest(f"there is no level {level[:40]!r}; there are debug, info, warning, error, critical")
    return LogFilter(
        processes=request.words("process"),
        level=LEVELS[level] if level else 0,
        text=request.query.get("q", ""),
        trace=request.query.get("trace", "")[:HEX],
        span=request.query.get("span", "")[:HEX],
        since=request.number("since"),
        until=request.number("until"),
    )


def _cursor(request: Request) -> tuple[int, int] | None:
    at, _, row = request.query.get("before", "").partition(":")
    return (_place(at), _place(row)) if at else None


def _trace_cursor(request: Request) -> tuple[int, str] | None:
    at, _, trace = request.query.get("before", "").partition(":")
    return (_place(at), trace) if at else None


def _place(text: str) -> int:
    if not (text.isdecimal() and len(text) < DIGITS):
        raise BadRequest("before is not a cursor of this list")
    return int(text)
