"""What a program sends that means harm: each gets an answer, and the page and the spans of others go on."""

import socket
import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from console.conftest import ConsoleUnderTest, span
from stead.console import prompt_protocol
from stead.console.config import Limits
from stead.console.http_message import Request
from stead.console.prompt_protocol import PromptProtocol
from stead.console.run_file import RunFile, rows
from stead.console.server import _failure


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    made = ConsoleUnderTest(tmp_path_factory.mktemp("hostile")).run()
    made.get("/api/overview")
    yield made
    assert made.get("/api/overview")["run"]["live"]
    made.end()


@pytest.mark.parametrize(
    "asked",
    [
        "/api/logs?before=9999999999999999999999:1",
        "/api/traces?before=9999999999999999999999:x",
        f"/api/logs?before={'9' * 5000}:1",
        f"/api/logs?before=1:{'9' * 5000}",
        f"/api/traces?before={'9' * 5000}:x",
        "/api/traces?status=999999999999999999",
        "/api/traces?slower=999999999999999999",
        "/api/logs?limit=%C2%B2",
        "/api/logs?since=-1",
        f"/api/logs?{'&'.join(['a=1'] * 60)}",
    ],
)
def test_numbers_and_fields_beyond_any_bound_are_named(console, asked):
    answer = console.client.get(asked)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize("asked", ["/api/logs", "/api/traces"])
@pytest.mark.parametrize("search", ["a" * 50_000, "word " * 21])
def test_a_search_beyond_any_bound_is_named(console, asked, search):
    answer = console.client.get(asked, params={"q": search})
    assert (answer.status_code, answer.json()["error"].startswith("the search")) == (409, True), answer.text


def test_a_question_that_takes_too_long_says_what_to_do(tmp_path):
    RunFile(tmp_path / "a.sqlite", Limits()).close()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(sqlite3.OperationalError) as raised:
        rows(tmp_path / "a.sqlite", endless, seconds=0.0)
    answer = _failure(Request("GET", "/api/logs", {}, {}), raised.value)
    assert (answer.status, b"look for less" in answer.body) == (503, True)


@pytest.mark.parametrize(
    "path",
    ["/static/%2e%2e%2fapp.py", "/api/runs/..%2f..%2fbackend/file", "/api/services/%2e%2e%2f", "/api/traces/%00"],
)
def test_a_path_that_leads_elsewhere_finds_nothing(console, path):
    assert console.client.get(path).status_code == 404


@pytest.mark.parametrize("hosts", [("evil.example", "{}"), ("{}", "evil.example"), ("{}", "{}"), ()])
def test_a_request_of_two_hosts_or_of_none_is_refused(console, hosts):
    lines = [f"Host: {host}".format(f"127.0.0.1:{console.port}") for host in hosts]
    assert spoken(console, "GET /api/overview HTTP/1.0", *lines).split()[1] in (b"400", b"421")


@pytest.mark.parametrize(
    "first", ["GET /\xff\xfe HTTP/1.1", "\x16\x03\x01\x02", "GET /?token=%ff\xff HTTP/1.1", "POST / HTTP/9.9"]
)
def test_bytes_that_are_no_http_are_answered_as_such(console, first):
    assert spoken(console, first, f"Host: 127.0.0.1:{console.port}").split()[1] == b"400"


def test_ten_thousand_names_leave_the_page_small(console):
    for part in range(10):
        many = (span(f"GET /{part}/{at}", trace=f"{part * 1000 + at:032x}", ms=1) for at in range(1000))
        assert console.export(*many, service=f"service-{part}").status_code == 200
    console.until("/api/overview", lambda found: any("service-9" in note or "more" in note for note in found["notes"]))
    answer = console.client.get("/api/overview")
    assert len(answer.content) < 100_000


def test_a_connection_that_says_nothing_is_closed_and_one_that_asks_is_not(monkeypatch):
    """In this process, with a limit that a test can wait for; the console's own is that of the module."""
    monkeypatch.setattr(prompt_protocol, "SILENT", 0.3)
    with served() as port:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as silent:
            silent.sendall(b"GET / HTTP/1.1\r\nX-a: ")
            began = time.monotonic()
            assert silent.recv(100) == b""
            assert time.monotonic() - began < 3
        with socket.create_connection(("127.0.0.1", port), timeout=5) as asking:
            asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert asking.recv(100).startswith(b"HTTP/1.1 200")
            time.sleep(0.4)
            asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert asking.recv(100).startswith(b"HTTP/1.1 200")


@contextmanager
def served():
    """Serve an app that answers 200 with the console's protocol."""

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http=PromptProtocol, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def spoken(console, *lines):
    """Return the first line of the answer to a request that no client would send."""
    text = "\r\n".join((*lines, f"Authorization: Bearer {console.token}", "", ""))
    with socket.create_connection(("127.0.0.1", console.port), timeout=5) as connection:
        connection.sendall(text.encode("latin-1"))
        return connection.recv(1000).partition(b"\r\n")[0]
