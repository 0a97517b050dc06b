"""The console's own process, beside a folder of logs; no backend runs."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from console.browser import Tab, chromium
from stead.console.config import Call, Graph, Limits, Node, Start, written
from stead.console.run_file import run_files

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GRAPH = Graph(
    nodes=(Node("edge", "gateway"), Node("orders", "service"), Node("points", "service")),
    calls=(Call("edge", "orders", ("front",)), Call("orders", "points", ("award",))),
)


class ConsoleUnderTest:
    """A console that records and serves, and what a test asks of it."""

    def __init__(self, folder: Path, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self.folder = folder
        self.logs = folder / ".stead" / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        (folder / "backend.py").touch()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.token, self.spans = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.start = Start(
            backend="shop", environment="dev", version="abc", description=str(folder / "backend.py"),
            started=time.time(), socket=self.listener.fileno(), token=self.token, spans=self.spans, offsets={},
            graph=GRAPH, limits=limits, niceness=0,
        )  # fmt: skip

    def run(self) -> "ConsoleUnderTest":
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "stead.console"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self.listener.fileno(),),
        )
        self.process.stdin.write(written(self.start))
        self.process.stdin.flush()
        headers = {"authorization": f"Bearer {self.token}"}
        self.client = httpx2.Client(base_url=self.url, headers=headers, timeout=10, verify=False)
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return run_files(self.folder / ".stead" / "runs")[0]

    def get(self, path: str, **query: object) -> dict:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str) -> httpx2.Response:
        return self.client.post(path, headers={"origin": self.url})

    def export(self, *spans: dict, service: str = "orders") -> httpx2.Response:
        body = {
            "resourceSpans": [
                {
                    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
                    "scopeSpans": [{"spans": list(spans)}],
                }
            ]
        }
        return self.client.post(f"/otlp/{self.spans}/v1/traces", json=body)

    def until(self, path: str, holds, **query: object) -> dict:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            found = self.get(path, **query)
            if holds(found):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{path}: {json.dumps(found)[:2000]}")

    def write(self, name: str, *lines: str | bytes) -> None:
        with (self.logs / f"{name}.log").open("ab") as file:
            for line in lines:
                file.write((line.encode() if isinstance(line, str) else line) + b"\n")

    def end(self) -> int:
        self.process.stdin.close()
        try:
            return self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.client.close()
            self.listener.close()


def span(name="GET /v1/orders", *, trace=TRACE, ident=None, parent="", start=None, ms=10, status=200, code=0, **more):
    begin = int(start if start is not None else time.time() * 1e9)
    attributes = {"http.response.status_code": status, **more}
    return {
        "traceId": trace,
        "spanId": ident or os.urandom(8).hex(),
        "parentSpanId": parent,
        "name": name,
        "kind": 2,
        "startTimeUnixNano": str(begin),
        "endTimeUnixNano": str(begin + int(ms * 1e6)),
        "attributes": [
            {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
            for key, value in attributes.items()
        ],
        "status": {"code": code},
    }


@pytest.fixture
def console(tmp_path):
    made = ConsoleUnderTest(tmp_path).run()
    yield made
    made.end()


@pytest.fixture
def small(tmp_path):
    """A console that keeps few rows."""
    made = ConsoleUnderTest(tmp_path, Limits(runs=3, logs=3000, spans=3000, states=100)).run()
    yield made
    made.end()


@pytest.fixture(scope="module")  # its event loop would keep a later module's tests from running theirs
def browser():
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def window(browser, console):
    made = Tab(browser, console.url, console.token)
    yield made
    made.close()


@pytest.fixture
def tab(window):
    """One tab for all tests, which each begin by opening a page."""
    window.wrong.clear()
    yield window
    assert window.wrong == []
