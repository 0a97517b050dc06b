"""What the console does with secrets: it writes none, and shows none in a row."""

import asyncio
import json
import time

import msgspec
import pytest

from console.conftest import TRACE, ConsoleUnderTest, span
from stead.cli import mcp
from stead.cli.logs import logs
from stead.cli.trace import trace
from stead.console.actions import Actions
from stead.console.config import Graph, Limits, Node, SettingAbout
from stead.console.database_reader import DatabaseError, DatabaseReader, shown_row
from stead.console.http_message import Request
from stead.console.log_record import record
from stead.console.masking import Mask
from stead.console.otlp import Span
from stead.console.request_sender import Attempt, RequestSender
from stead.console.run_file import RunFile, rows, runs_folder
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

GRAPH = Graph(nodes=(Node("orders", "service"), Node("job", "job")))
LEAK = 'ключ "x" 4711'  # shorter than what the log files are kept free of


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "backend.py")
    made.make()
    Secrets(made).signing_key("orders")
    return made


def test_a_run_s_secrets_are_read_and_never_written(folder):
    file = folder.path / "secrets.json"
    before = file.read_bytes()
    postmaster = folder.path / "postgres" / "data" / "postmaster.pid"
    postmaster.parent.mkdir(parents=True)
    postmaster.write_text("1\n\n\n1\n")  # a port at which nothing listens
    with pytest.raises(DatabaseError, match="cannot be read"):
        DatabaseReader(folder.description).overview(Node("orders", "service", database="shop_orders"))
    sender = RequestSender(folder.description, "dev")
    answer = sender.send(
        Attempt("orders", "GET", "/", "service", caller="job"), GRAPH, {"orders": "http://127.0.0.1:1"}
    )
    assert "did not answer" in answer.error
    assert file.read_bytes() == before


def test_a_secret_inside_of_json_is_masked_by_its_name():
    data = {"to": "ann", "code": "483920", "country": "nl", "links": [{"access_token": "abc", "href": "/x"}]}
    shown = json.dumps(shown_row({"id": 7, "data": data, "args": [data], "password": "p"}))
    assert not [secret for secret in ("483920", "abc", '"p"') if secret in shown]
    assert all(word in shown for word in ("ann", "nl", "/x"))


def test_a_secret_that_a_person_gave_is_neither_recorded_nor_answered(tmp_path):
    console = ConsoleUnderTest(tmp_path)
    setting = SettingAbout("PAYMENT_KEY", None, secret=True, source="file", why="")
    plain = SettingAbout("CURRENCY", "roubles", secret=False, source="file", why="")
    graph = Graph(nodes=(Node("orders", "service", settings=(setting, plain)),))
    console.start = msgspec.structs.replace(console.start, graph=graph)
    (tmp_path / ".env.dev").write_text("PAYMENT_KEY='live \"x\" 4711'\nCURRENCY=roubles\n")
    (tmp_path / ".stead" / "secrets.json").write_text('{"setting:A": "made-once-here"}')
    console.run()
    try:
        leak = 'live "x" 4711'
        console.write(
            "orders", f"paid {leak} roubles", json.dumps({"message": leak, "key": leak, "a": "made-once-here"})
        )
        console.export(span(leak, key=leak))
        console.until("/api/logs", lambda found: len(found["lines"]) == 2)
        console.until("/api/traces", lambda found: found["traces"])
        shown = "".join(console.client.get(path).text for path in ("/api/logs", "/api/traces", f"/api/traces/{TRACE}"))
        missing = console.client.get("/api/logs", params={"level": leak}).text  # an error repeats what was asked
        console.end()
        recorded = console.file.read_bytes()
    finally:
        console.end()
    assert "paid ••• roubles" in shown
    for text in (shown, missing, recorded.decode(errors="replace")):
        assert "4711" not in text
        assert "made-once-here" not in text


@pytest.fixture
def recorded(folder):
    """A backend whose log file and recording hold a secret: neither knew that it was one."""
    (folder.path.parent / "backend.py").write_text("from stead import Backend\nbackend = Backend('shop')\n")
    (folder.path.parent / ".env.trial").write_text(f"PAYMENT_KEY='{LEAK}'\nCURRENCY=roubles\n")
    line = json.dumps({"message": f"paid {LEAK} roubles", "trace_id": TRACE, "key": LEAK, "deep": json.dumps([LEAK])})
    (folder.logs / "orders.log").write_text(f"{line}\nplain {LEAK}\n")
    secret = SettingAbout("PAYMENT_KEY", None, secret=True, source="file", why="")
    graph = Graph(nodes=(Node("orders", "service", settings=(secret,)),))
    file = RunFile(runs_folder(folder.path) / "20261128T093000.sqlite", Limits())
    file.about(environment="trial", graph=msgspec.json.encode(graph).decode())
    now = time.time_ns() // 1000
    attributes = json.dumps({"key": LEAK})
    asked = Span(TRACE, "a" * 16, "", "orders", f"GET {LEAK} roubles", 2, now, 10, 200, 0, attributes, "[]")
    file.add([record("orders", line, now)], [asked], [])
    file.close()
    return folder


def test_no_answer_of_the_model_context_protocol_holds_a_secret_that_a_person_gave(recorded, monkeypatch):
    state = dict.fromkeys(mcp.SHOWN, "roubles") | {"processes": [{"name": "orders", "why": f"roubles {LEAK}"}]}
    monkeypatch.setattr(mcp, "Remote", lambda _: type("Remote", (), {"ask": lambda *_: state}))
    monkeypatch.setattr(mcp.Tools, "_command", lambda *_: f"roubles {json.dumps({'text': LEAK})}")
    tools = mcp.Tools(recorded.description)
    asked = [{"name": name, "arguments": {}} for name in ("status", "logs", "traces", "story", "check")]
    asked += [
        {"name": "trace", "arguments": {"trace": TRACE}},
        {"name": "restart", "arguments": {"process": "orders"}},
        {"name": "logs", "arguments": {"process": f"roubles {LEAK}"}},
        {"name": "logs", "arguments": {f"roubles {LEAK}": 1}},
    ]
    for params in asked:
        call = json.dumps({"id": 1, "method": "tools/call", "params": params})
        answer = json.dumps(tools.answer(call), ensure_ascii=False)
        assert ("4711" in answer, "roubles" in answer) == (False, True), params
    guess = {"name": "logs", "arguments": {"grep": "471"}}
    found = tools.answer(json.dumps({"id": 1, "method": "tools/call", "params": guess}))
    assert found["result"]["content"][0]["text"] == ""
    assert "4711" not in json.dumps(tools.answer(json.dumps({"id": 1, "method": LEAK})))


def test_no_log_or_trace_on_the_command_line_holds_a_secret_that_a_person_gave(recorded, capsys):
    path = str(recorded.description.parent)
    for show in (
        lambda: logs(path),
        lambda: logs(path, raw=True),
        lambda: logs(path, as_json=True),
        lambda: trace(path),
        lambda: trace(path, as_json=True),
        lambda: trace(TRACE, recorded.description.parent),
        lambda: trace(TRACE, recorded.description.parent, as_json=True),
    ):
        show()
        said = capsys.readouterr().out
        assert ("4711" in said, "roubles" in said) == (False, True), said


def test_no_export_of_an_earlier_run_holds_a_secret_that_a_person_gave(recorded, tmp_path):
    actions = Actions(recorded.description, recorded.path / "runs", "the one that goes on")
    request = Request("GET", "/", {}, {}, variables={"run": "20261128T093000"})
    answer = asyncio.run(actions.export(request))
    assert b"4711" not in answer.body
    handed_on = tmp_path / "handed-on.sqlite"
    handed_on.write_bytes(answer.body)
    assert [row["message"] for row in rows(handed_on, "SELECT message FROM logs")] == ["paid ••• roubles"]
    assert [row["name"] for row in rows(handed_on, "SELECT name FROM spans JOIN traces USING (trace, name)")] == [
        "GET ••• roubles"
    ]


def test_an_earlier_run_is_shown_without_its_secrets_while_another_goes_on(recorded):
    console = ConsoleUnderTest(recorded.path.parent).run()
    try:
        for path in ("logs", "traces", f"traces/{TRACE}", "services/orders"):
            said = console.client.get(f"/api/{path}?run=20261128T093000").text
            assert ("4711" in said, "•••" in said) == (False, True), said
    finally:
        console.end()


def test_what_is_masked_in_json_stays_json(folder):
    (folder.path.parent / ".env.dev").write_text("PIN=471100\n")
    setting = SettingAbout("PIN", None, secret=True, source="file", why="")
    mask = Mask(folder, ("dev",), lambda: Graph((Node("orders", "service", settings=(setting,)),)))
    line = record(
        "orders", '{"message": "pin 471100", "pin": 471100, "at": 1764471100123, "deep": "{\\"pin\\": 471100}"}', 1
    )
    [masked] = mask.rows([line])
    assert masked.message == "pin •••"
    assert json.loads(masked.fields) == {"pin": "•••", "at": 1764471100123, "deep": '{"pin": •••}'}
    assert json.loads(mask.json(b'{"count": 1764471100, "said": ["x471100"]}')) == {
        "count": 1764471100,
        "said": ["x•••"],
    }
    nested = record("orders", "[" * 3000 + "471100", 1)
    assert "471100" not in mask.rows([nested])[0].message
