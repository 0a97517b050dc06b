"""A run that somebody hands on is shown like the others; what is not a run is refused, and leaves nothing behind."""

import sqlite3
from contextlib import closing

import pytest

from console.conftest import span
from stead.console import run_import, trace_query
from stead.console.config import Limits
from stead.console.http_message import BadRequest
from stead.console.log_record import record
from stead.console.recorded_mask import recorded_mask
from stead.console.refusals import refusals
from stead.console.run_file import RunFile, rows, run_files
from stead.console.run_import import take_over
from stead.run.state_directory import Folder

ABOUT = {"backend": "shop", "started": "1700000000.5", "environment": "dev", "graph": '{"nodes":[]}'}


@pytest.fixture
def source(tmp_path):
    file = RunFile(tmp_path / "source", Limits())
    file.about(**ABOUT)
    file.add([record("orders", '{"message": "handed on"}', 1_700_000_001_000_000)], [], [])
    file.close()
    return tmp_path / "source"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "runs"
    made.mkdir()
    return made


def change(file, *statements):
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_run_is_handed_on_from_one_console_to_another(console):
    console.export(span("GET /handed-on"))
    console.until("/api/traces", lambda found: found["traces"])
    live = console.file.stem
    handed_on = console.client.get(f"/api/runs/{live}/file").content
    headers = {"origin": console.url}
    answer = console.client.post("/api/runs", content=handed_on, headers=headers)
    assert answer.status_code == 201, answer.text
    name = answer.json()["name"]
    assert name != live
    assert [each["name"] for each in console.get("/api/traces", run=name)["traces"]] == ["GET /handed-on"]
    both = console.get("/api/runs")["runs"]
    assert [run["traffic"]["orders"]["count"] for run in both] == [1, 1]
    assert console.client.post("/api/runs", content=handed_on).status_code == 403  # of no page
    refused = console.client.post("/api/runs", content=b"no run", headers=headers)
    assert (refused.status_code, "not a file of a run" in refused.json()["error"]) == (400, True)
    assert len(console.get("/api/runs")["runs"]) == 2
    assert not list(console.file.parent.glob(".import-*"))


def test_a_run_of_an_earlier_version_is_taken_over(source, folder):
    change(source, "DROP TABLE calls", "DROP TABLE metrics")
    name = take_over(source, folder)
    assert [row["message"] for row in rows(folder / f"{name}.sqlite", "SELECT message FROM logs")] == ["handed on"]


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM about"],
        ["DROP TABLE about"],
        ["UPDATE about SET value = 'x' WHERE name = 'graph'"],
        ["UPDATE about SET value = 'yesterday' WHERE name = 'started'"],
        ["UPDATE about SET value = '1e300' WHERE name = 'started'"],
        ["UPDATE about SET value = 'nan' WHERE name = 'started'"],
        ["ALTER TABLE logs RENAME TO other", "CREATE TABLE logs (time, words)"],
    ],
)  # fmt: skip
def test_what_is_no_run_is_refused_and_leaves_nothing(source, folder, statements):
    change(source, *statements)
    with pytest.raises(BadRequest, match="not a file of a run"):
        take_over(source, folder)
    assert list(folder.iterdir()) == []


def test_views_triggers_and_wrong_types_do_no_harm(source, folder, monkeypatch):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    change(
        source,
        "UPDATE logs SET message = x'ff00', level = 'high', time = '<b>', fields = '[1]'",
        "CREATE TRIGGER more AFTER INSERT ON logs BEGIN DELETE FROM logs; END",
        "DROP TABLE states",
        f"CREATE VIEW states AS {endless}",
    )
    file = folder / f"{take_over(source, folder)}.sqlite"
    [line] = rows(file, "SELECT typeof(time) AS time, typeof(level) AS level, typeof(message) AS message FROM logs")
    assert line == {"time": "integer", "level": "integer", "message": "text"}
    assert rows(file, "SELECT message, fields FROM logs") == [{"message": "\ufffd\0", "fields": ""}]
    assert rows(file, "SELECT count(*) AS n FROM states") == [{"n": 0}]
    assert rows(file, "SELECT count(*) AS n FROM sqlite_master WHERE type IN ('view', 'trigger')") == [{"n": 0}]


@pytest.mark.parametrize("text", ["", "no JSON", "{", "7", '{"a": 1}', '[{"name": "retry"}]'])
def test_json_that_is_none_or_of_another_kind_is_left_out(source, folder, text):
    span = f"INSERT INTO spans VALUES (1, 'ab', 'cd', '', 'orders', 'GET /', 2, 1, 1, 200, 0, '{text}', '{text}')"
    change(source, f"UPDATE logs SET fields = '{text}', message = 'refused', trace = 'ab'", span)
    file = folder / f"{take_over(source, folder)}.sqlite"
    trace = trace_query.trace(file, "ab")
    assert trace["spans"][0]["attributes"] == ({"a": 1} if text.startswith('{"') else {})
    assert trace["spans"][0]["events"] == ([{"name": "retry"}] if text.startswith("[") else [])
    assert [each["callee"] for each in refusals(file, "edge")] == ["orders"]


def test_copying_takes_bounded_time(source, folder, monkeypatch):
    monkeypatch.setattr(run_import, "TIMEOUT", -1.0)
    change(source, f"UPDATE logs SET message = '{'x' * 100}'")
    with closing(sqlite3.connect(source)) as connection:
        row = connection.execute("SELECT * FROM logs").fetchone()[1:]
        connection.executemany(f"INSERT INTO logs VALUES (NULL{', ?' * len(row)})", [row] * 5000)
        connection.commit()
    with pytest.raises(BadRequest, match="interrupted"):
        take_over(source, folder)
    assert list(folder.iterdir()) == []


def test_an_environment_that_is_a_path_is_read_from_nowhere(source, tmp_path):
    folder = Folder(tmp_path / "backend.py")
    folder.make()
    runs = folder.path / "runs"
    runs.mkdir()
    change(source, "UPDATE about SET value = 'x/../../../secrets' WHERE name = 'environment'")
    take_over(source, runs)
    assert len(run_files(runs)) == 1
    assert recorded_mask(folder).text("plain") == "plain"
