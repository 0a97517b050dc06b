"""Bench: the console's process alone: what it takes in, what it costs, how soon it answers; then the start beside it.

It is fed as a backend feeds it: spans by OTLP in JSON, log lines by a file. First a load of 500 spans and 500 lines a
second for the share of one core, then as much as it takes, until 20,000 traces and 100,000 lines are recorded; then the
pages are asked for. A ratio is what the aim allows by what was measured, and for the intake what was measured by the
aim. Aspire's dashboard, the peer, is an image of .NET and needs a container engine: it is not measured here.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks import console_start
from benchmarks.row import Row
from stead.console.config import Graph, Node, Start, written
from stead.console.run_file import run_files

STEADY, SECONDS = 500, 10  # spans and lines a second, and for how long
TRACES, LINES, BATCH = 20_000, 100_000, 500
SPANS = 4  # of a trace: the gateway's two, a service's, and its query's
ASKED = 5  # times that each page is asked for
TIMEOUT = 120.0  # seconds


class Fed:
    """A console's process, and what feeds it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / ".stead" / "logs" / "orders.log"
        self.log.parent.mkdir(parents=True)
        (folder / "backend.py").touch()
        self.runs = folder / ".stead" / "runs"
        self.token, self.spans = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            start = Start(
                backend="bench", environment="dev", version="1", description=str(folder / "backend.py"),
                started=time.time(), socket=listener.fileno(), token=self.token, spans=self.spans, offsets={},
                graph=Graph((Node("edge", "gateway"), Node("orders", "service"))), niceness=0,
            )  # fmt: skip
            command = [sys.executable, "-P", "-m", "stead.console"]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(listener.fileno(),))
        assert self.process.stdin
        self.process.stdin.write(written(start))
        self.process.stdin.flush()

    def ask(self, method: str, path: str, body: bytes = b"") -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, text
        return json.loads(text)

    def send(self, count: int) -> None:
        """Send spans as two processes do: what was called ends first, and is sent before its caller."""
        now = time.time_ns()
        traces = [_trace(now + number) for number in range(count // SPANS)]
        for service in ("orders", "edge"):
            spans = [span for each in traces for span in each[service]]
            attributes = [{"key": "service.name", "value": {"stringValue": service}}]
            resource = {"resource": {"attributes": attributes}, "scopeSpans": [{"spans": spans}]}
            self.ask("POST", f"/otlp/{self.spans}/v1/traces", json.dumps({"resourceSpans": [resource]}).encode())

    def write(self, count: int) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        lines = (
            json.dumps({"time": at, "level": "info", "message": f"took order {number}", "user_id": f"user-{number}"})
            for number in range(count)
        )
        with self.log.open("a") as file:
            file.write("\n".join(lines) + "\n")

    def count(self, what: str) -> int:
        return int(self.ask("GET", "/api/runs")["runs"][0][what])

    def until(self, what: str, least: int) -> None:
        end = time.monotonic() + TIMEOUT
        while self.count(what) < least:
            assert time.monotonic() < end, f"{what}: {self.count(what)} of {least}"
            time.sleep(0.1)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


def measure() -> list[Row]:
    """Return the rows."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-")).resolve()
    fed = Fed(folder)
    try:
        fed.until("traces", 0)
        share = _steady(fed)
        before = _spent(fed)
        spans = _rate(TRACES * SPANS, lambda: _many(fed.send, TRACES * SPANS), lambda: fed.until("traces", TRACES))
        between = _spent(fed)
        lines = _rate(LINES, lambda: _many(fed.write, LINES), lambda: fed.until("logs", LINES))
        after = _spent(fed)
        memory = psutil.Process(fed.process.pid).memory_full_info().pss / 1e6
        pages = [_asked(fed, *page) for page in PAGES]
        size = sum(file.stat().st_size for file in run_files(fed.runs)) / 1e6
    finally:
        fed.end()
        shutil.rmtree(folder)
    return [
        Row(f"one core, at {STEADY} spans and {STEADY} lines a second", share, "%", 15 / share, 1.0),
        Row("spans taken in a second", spans, "", spans / 5_000, 1.0),
        Row("log lines taken in a second", lines, "", lines / 10_000, 1.0),
        Row("spans taken in a second of its processor time", TRACES * SPANS / (between - before), ""),
        Row("log lines taken in a second of its processor time", LINES / (after - between), ""),
        Row("memory, PSS", memory, "MB", 60 / memory, 1.0),
        *pages,
        Row("the file of the run", size, "MB"),
        *console_start.measure(),
    ]


PAGES = (
    ("first page", "/api/overview", 100),
    ("page of a service", "/api/services/orders", 100),
    ("boundaries", "/api/boundaries", 100),
    ("logs, the newest", "/api/logs", 100),
    ("traces, the newest", "/api/traces", 100),
    ("search in the logs, found late", "/api/logs?q=nothing-is-like-this", 200),
    ("search in the traces, found late", "/api/traces?q=nothing-is-like-this", 200),
)


def _steady(fed: Fed) -> float:
    before, began = _spent(fed), time.monotonic()
    for second in range(SECONDS):
        fed.send(STEADY)
        fed.write(STEADY)
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
    return 100 * (_spent(fed) - before) / (time.monotonic() - began)


def _spent(fed: Fed) -> float:
    """Return the seconds of a processor that the console has used."""
    times = psutil.Process(fed.process.pid).cpu_times()
    return float(times.user + times.system)


def _many(feed: Callable[[int], None], count: int) -> None:
    for _ in range(count // BATCH):
        feed(BATCH)


def _rate(count: int, feed: Callable[[], None], recorded: Callable[[], None]) -> float:
    began = time.monotonic()
    feed()
    recorded()
    return count / (time.monotonic() - began)


def _asked(fed: Fed, name: str, path: str, aim: int) -> Row:
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        fed.ask("GET", path)
        took.append((time.perf_counter() - began) * 1000)
    return Row(name, median(took), "ms", aim / median(took), 1.0)


def _trace(at: int) -> dict[str, list[dict[str, Any]]]:
    trace, (root, call, served, query) = os.urandom(16).hex(), (os.urandom(8).hex() for _ in range(SPANS))
    return {
        "edge": [_span(trace, root, "", 2, at), _span(trace, call, root, 3, at)],
        "orders": [_span(trace, served, call, 2, at), _span(trace, query, served, 3, at)],
    }


def _span(trace: str, span: str, parent: str, kind: int, at: int) -> dict[str, Any]:
    attributes = [
        {"key": "http.response.status_code", "value": {"intValue": "200"}},
        {"key": "http.route", "value": {"stringValue": "/v1/orders/{order}"}},
        {"key": "user.id", "value": {"stringValue": f"user-{at % 1000}"}},
    ]
    return {
        "traceId": trace, "spanId": span, "parentSpanId": parent, "name": "GET /v1/orders/{order}", "kind": kind,
        "startTimeUnixNano": str(at), "endTimeUnixNano": str(at + 5_000_000), "attributes": attributes,
    }  # fmt: skip


if __name__ == "__main__":
    for row in measure():
        print(row)
