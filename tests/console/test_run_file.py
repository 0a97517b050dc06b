"""The file of a run: bounded in rows and bytes, one file at the end; ten are kept, and a damaged one is named."""

import sqlite3
import stat
import time

import pytest

from stead.console import trace_query
from stead.console.config import Limits
from stead.console.log_record import record
from stead.console.metric_sampler import Measurement
from stead.console.otlp import Span
from stead.console.run_file import RunFile, live_file, new_run, newest_file, rows, run_files, runs_folder
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


def test_an_hour_of_floods_leaves_a_bounded_file(tmp_path):
    limits = Limits(logs=3000, spans=3000, calls=500, states=100, metrics=200, bytes=4_000_000)
    file = RunFile(tmp_path / "a.sqlite", limits)
    sizes = []
    for turn in range(10):
        first = turn * 500
        spans = [
            made(first + number, number, start=number * 10**9, service=f"s{number}")._replace(attributes="x" * 9000)
            for number in range(500)
        ]
        states = [(first, "orders", "service", "healthy", "", "", 0, 1)] * 200
        file.add(lines(500, "y" * 2000), spans, states, [Measurement(first, "orders", "memory", 1.0)] * 400)
        sizes.append(file.path.stat().st_size)
    counts = {table: count(file.path, table) for table in ("logs", "spans", "traces", "calls", "states", "metrics")}
    file.close()
    assert max(sizes[5:]) <= 1.1 * max(sizes[:5])
    assert file.path.stat().st_size < 3 * limits.bytes
    assert all(counts[table] <= getattr(limits, table) + 1000 for table in ("logs", "spans", "states", "metrics"))
    assert counts["calls"] <= limits.calls + 500
    assert counts["traces"] <= limits.spans


def test_traces_are_bounded_when_the_clock_jumps_to_and_fro(tmp_path):
    file = RunFile(tmp_path / "a.sqlite", Limits(spans=500))
    for turn in range(6):
        year = (1, 4_000_000_000_000_000, 1_700_000_000_000_000)[turn % 3]
        file.add([], [made(turn * 1000 + number, number, start=year + number) for number in range(1000)], [])
    assert count(file.path, "traces") <= 1500
    [first, *_] = trace_query.page(file.path, TraceFilter())
    assert trace_query.trace(file.path, first["trace"])["spans"]
    file.close()


def test_a_clock_that_was_set_back_gives_a_run_a_name_of_its_own(tmp_path):
    first, second = (tmp_path / each for each in ("20260101T000000.sqlite", "20260101T000000_1.sqlite"))
    started = time.mktime((2026, 1, 1, 0, 0, 0, 0, 0, -1))
    for expected in (first, second):
        found = new_run(tmp_path, started, keep=10)
        assert found == expected
        found.touch()
    assert run_files(tmp_path) == [second, first]


def test_the_run_that_is_written_now_is_told_from_a_newer_one_that_was_handed_on(tmp_path):
    for name in ("20200101T000000", "20990101T000000"):
        RunFile(tmp_path / f"{name}.sqlite", Limits()).close()
    assert (live_file(tmp_path), newest_file(tmp_path)) == (None, tmp_path / "20990101T000000.sqlite")
    live = RunFile(tmp_path / "20260101T000000.sqlite", Limits())
    try:
        assert live_file(tmp_path) == newest_file(tmp_path) == live.path
    finally:
        live.close()
