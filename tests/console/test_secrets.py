"""What the console does with secrets: it writes none, and shows none in a row."""

import json

import msgspec
import pytest

from console.conftest import TRACE, ConsoleUnderTest, span
from stead.console.config import Graph, Node, SettingAbout
from stead.console.database_reader import DatabaseError, DatabaseReader, shown_row
from stead.console.request_sender import Attempt, RequestSender
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

GRAPH = Graph(nodes=(Node("orders", "service"), Node("job", "job")))


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
