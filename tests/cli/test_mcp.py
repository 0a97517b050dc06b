"""`stead mcp`: whatever a program sends gets an answer, and the next message as well."""

import json
import time

import pytest

from stead.cli import mcp
from stead.console.config import Limits
from stead.console.otlp import Span
from stead.console.run_file import RunFile, runs_folder
from stead.run.state_directory import Folder

NAME = "20261128T093000.sqlite"
PING = json.dumps({"id": 2, "method": "ping"})


@pytest.fixture
def folder(tmp_path):
    """A backend that has recorded one request."""
    (tmp_path / "backend.py").write_text("from stead import Backend\nbackend = Backend('shop')\n")
    made = Folder(tmp_path / "backend.py")
    made.make()
    (made.logs / "orders.log").write_text("hello\n" * 3)
    file = RunFile(runs_folder(made.path) / NAME, Limits())
    now = time.time_ns() // 1000
    file.add([], [Span("ab" * 16, "cd" * 8, "", "[/orders]", "GET [/x]", 2, now, 10, 200, 0, "{}", "")], [])
    file.close()
    return made


@pytest.fixture
def tools(folder):
    return mcp.Tools(folder.description)


def call(name, **arguments):
    return json.dumps({"id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}})


def said(answer):
    return answer["error"]["message"] if "error" in answer else answer["result"]["content"][0]["text"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"[" * 100_000, "not JSON"),
        (b'{"id": 1, "method": "\xff"}', "not JSON"),
        (call("trace", trace="\ud800"), "not JSON"),
        ('{"id": 1, "method": "tools/call", "params": {"name": []}}', "unknown tool"),
        ('{"id": 1, "method": "tools/call", "params": [1]}', "unknown tool"),
        ('{"id": 1, "method": "tools/call", "params": {"name": "logs", "arguments": [1]}}', "not an object"),
        (call("logs", lines=-5), "lines is less than 1"),
        (call("logs", lines=True), "not of type integer"),
        (call("traces", limit=0), "limit is less than 1"),
        (call("logs", since="9" * 5000 + "d"), "--since"),
        (call("logs", since="0001-01-01"), "--since"),
        (call("logs", grep="("), "not a regular expression"),
        (call("logs", process="../secrets"), "there is no log"),
        (call("traces", search="x" * 60_000), "the search is longer"),
        (call("trace", trace="zz"), "there is no trace"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_next_message_is_answered(tools, line, text):
    assert text in said(tools.answer(line))
    assert tools.answer(PING)["result"] == {}


def test_a_damaged_recording_is_named(tools, folder):
    (folder.path / "runs" / NAME).write_bytes(b"x" * 5000)
    for line in (call("traces"), call("trace", trace="abab")):
        answer = tools.answer(line)
        assert (answer["result"]["isError"], "cannot be read" in said(answer)) == (True, True)


def test_a_command_that_does_not_end_is_ended(tools, monkeypatch):
    monkeypatch.setattr(mcp, "TIMEOUT", 0.01)
    answer = tools.answer(call("check"))
    assert (answer["result"]["isError"], "was stopped after" in said(answer)) == (True, True)


def test_a_search_that_does_not_end_is_ended_and_the_next_one_is_answered(tools, folder, monkeypatch):
    monkeypatch.setattr(mcp, "SEARCH_TIMEOUT", 0.2)
    (folder.logs / "orders.log").write_text("a" * 60 + "b\n")
    answer = tools.answer(call("logs", grep="(a+)+$"))
    assert (answer["result"]["isError"], "the search took longer than 0.2 s" in said(answer)) == (True, True)
    assert "b" in said(tools.answer(call("logs", grep="ab$")))


def test_a_failure_that_nobody_foresaw_is_an_answer_and_goes_to_standard_error(tools, monkeypatch, capsys):
    monkeypatch.setattr(mcp, "in_order", lambda *_: 1 / 0)
    assert tools.answer(call("logs"))["error"]["code"] == mcp.INTERNAL_ERROR
    assert "ZeroDivisionError" in capsys.readouterr().err
