"""What comes faster than it is written is bounded in memory, and counted."""

import asyncio
import json
import threading
import time

import pytest

from console.conftest import span
from stead.console import recorder
from stead.console.access import Access
from stead.console.config import Graph, Limits
from stead.console.log_reader import LogFolder
from stead.console.masking import Mask
from stead.console.otlp import Span
from stead.console.recorder import Recorder
from stead.console.server import Server
from stead.run.state_directory import Folder


def made(tmp_path, name="run.sqlite"):
    folder = Folder(tmp_path / "backend.py")
    mask = Mask(folder, (), Graph)
    return Recorder(tmp_path / name, Limits(), {}, LogFolder(tmp_path, {}), mask, lambda _: None)


def spans(count, attributes="{}"):
    return [Span("1" * 32, f"{at:016x}", "", f"s{at}", "x", 2, 1, 1, 0, 0, attributes, "") for at in range(count)]


def test_spans_that_wait_are_bounded_by_number_and_by_size(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "WAITING", 100)
    many = made(tmp_path)
    many.take(spans(150))
    assert (many.dropped, len(many.senders)) == (50, 100)
    large = made(tmp_path)
    large.take(spans(90, "x" * 1_000_000))
    assert large.dropped == 90 - 17


def test_after_a_file_that_cannot_be_opened_nothing_waits(tmp_path):
    (tmp_path / "run.sqlite").mkdir()
    stopped = made(tmp_path)
    stopped.start()
    stopped.opened.wait(5)
    stopped.end()
    stopped.take(spans(10))
    assert "records nothing more" in stopped.problem
    assert stopped.dropped == 10
    assert not [thread for thread in threading.enumerate() if thread.name == "recorder"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is raised for the log
def test_a_recorder_that_fails_for_a_reason_that_nobody_foresaw_says_so(tmp_path):
    failing = made(tmp_path)
    failing.start()
    failing.take([spans(1)[0]._replace(start=2**70)])
    failing.end()
    assert "records nothing more" in failing.problem


def test_a_sender_waits_while_too_many_spans_do(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "BUSY", 10)
    full = made(tmp_path)
    full.take(spans(20))
    assert full.busy
    later = threading.Timer(0.3, full.start)
    later.start()
    began = time.monotonic()
    status = asyncio.run(exported(Server(Access(1, "token"), {}, "/otlp/key", full, bytes)))
    assert (status, time.monotonic() - began > 0.25, full.dropped) == (200, True, 0)
    later.join()
    full.end()
    assert not full.busy


async def exported(server):
    """Send a span to the ASGI app; return the status of its answer."""
    resource = {"scopeSpans": [{"spans": [span()]}]}
    body = json.dumps({"resourceSpans": [resource]}).encode()
    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/otlp/key/v1/traces", "query_string": b"", "headers": headers}
    answers = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        answers.append(message)

    await server(scope, receive, send)
    return answers[0]["status"]
