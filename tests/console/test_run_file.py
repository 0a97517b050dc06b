"""The file of a run: bounded in rows and bytes, one file at the end; ten are kept, and a damaged one is named."""

import sqlite3
import stat
import time

import pytest

from stead.console import trace_query
from stead.console.config import Limits
from stead.console.log_record import record
from stead.console.otlp import Span
from stead.console.run_file import RunFile, new_run, rows, run_files, runs_folder
from stead.console.trace_query import TraceFilter
from stead.run.error import RunError


def lines(count, text="line"):
    now = int(time.time() * 1e6)
    return [record("orders", f"{text} {number}", now + number) for number in range(count)]


def made(trace, ident, parent="", *, start=1000, duration=10, name="GET /", service="edge", error=0):
    return Span(f"{trace:032x}", f"{ident:016x}", parent, service, name, 2, start, duration, 200, error, "{}", "")


def count(file, table):
    return rows(file, f"SELECT count(*) AS n FROM {table}")[0]["n"]


def test_rows_are_bounded_and_the_newest_are_kept(tmp_path):
    path = tmp_path / "a.sqlite"
    file = RunFile(path, Limits(logs=1000, spans=500))
    for _ in range(5):
        file.add(lines(2000), [made(number, number, start=number) for number in range(2000)], [])
    file.close()
    assert count(path, "logs") <= 1000 + 2000
    assert count(path, "spans") <= 500 + 2000
    assert rows(path, "SELECT max(id) AS n FROM logs")[0]["n"] == 10_000


def test_bytes_are_bounded(tmp_path):
    path = tmp_path / "a.sqlite"
    file = RunFile(path, Limits(bytes=2_000_000))
    for _ in range(30):
        file.add(lines(2000, "x" * 100), [], [])
    file.close()
    assert path.stat().st_size < 4_000_000
    assert count(path, "logs") > 1000


def test_a_trace_is_named_by_its_root_whenever_that_comes(tmp_path):
    path = tmp_path / "a.sqlite"
    file = RunFile(path, Limits())
    file.add([], [made(1, 2, f"{1:016x}", start=1100, name="POST /inner", service="points", error=1)], [])
    file.add([], [made(1, 3, f"{2:016x}", start=1050, name="early", service="orders")], [])
    [row] = trace_query.page(path, TraceFilter())
    assert (row["name"], row["service"]) == ("early", "orders")
    file.add([], [made(1, 1, start=1000, duration=500, name="GET /root", service="edge")], [])
    file.add([], [made(1, 4, f"{1:016x}", start=900, name="earlier")], [])
    file.close()
    [row] = trace_query.page(path, TraceFilter())
    assert (row["name"], row["service"], row["spans"], row["errors"], row["duration"]) == (
        "GET /root",
        "edge",
        4,
        1,
        600,
    )


def test_at_the_end_there_is_one_private_file(tmp_path):
    path = tmp_path / "a.sqlite"
    file = RunFile(path, Limits())
    file.add(lines(10), [], [])
    file.close()
    assert [each.name for each in tmp_path.iterdir()] == ["a.sqlite"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_so_many_runs_are_kept(tmp_path):
    folder = runs_folder(tmp_path)
    for number in range(12):
        new_run(folder, 1_700_000_000 + number, keep=10).touch()
    found = run_files(folder)
    assert len(found) == 10
    assert found[0].stem > found[-1].stem


def test_a_folder_of_runs_that_is_a_link_is_refused(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "runs").symlink_to(elsewhere)
    with pytest.raises(RunError, match="is a link"):
        runs_folder(tmp_path)


def test_a_question_cannot_write_and_takes_bounded_time(tmp_path):
    path = tmp_path / "a.sqlite"
    RunFile(path, Limits()).close()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        rows(path, "DELETE FROM logs RETURNING id")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        rows(path, endless, seconds=0.2)
