"""Calls between services, counted while spans are recorded: whenever the caller's span comes, each is counted once."""

import sqlite3
import time
from contextlib import closing

import pytest

from stead.console import call_counter, statistics
from stead.console.config import Limits
from stead.console.metric_query import timeline
from stead.console.otlp import Span
from stead.console.run_file import RunFile, rows

MINUTE = 60.0


def made(ident, service, parent="", *, duration=10, error=0, attributes="{}", start=1_000_000, trace="1"):
    above = f"{parent:0>16}" if parent else ""
    return Span(trace * 32, f"{ident:0>16}", above, service, "GET /", 2, start, duration, 200, error, attributes, "")


@pytest.fixture
def file(tmp_path):
    made = RunFile(tmp_path / "a.sqlite", Limits())
    yield made
    made.close()


def arrows(file):
    return {(row["caller"], row["callee"]): row["count"] for row in statistics.calls(file.path, 0, MINUTE)}


def test_a_call_is_counted_once_whether_its_caller_is_recorded_before_or_after_it(file):
    file.add([], [made("a", "edge"), made("b", "orders", "a")], [])  # together
    file.add([], [made("c", "points", "b")], [])  # its caller was recorded before
    file.add([], [made("e", "points", "d")], [])
    assert arrows(file) == {("", "edge"): 1, ("edge", "orders"): 1, ("orders", "points"): 1}
    file.add([], [made("d", "orders", "b")], [])  # the caller of `e`; itself no call, since `b` is of the same service
    assert arrows(file) == {("", "edge"): 1, ("edge", "orders"): 1, ("orders", "points"): 2}
    assert file.idle


def test_a_call_whose_caller_never_comes_is_of_who_it_names_or_from_outside(file, monkeypatch):
    file.add([], [made("a", "orders", "f"), made("b", "points", "f", attributes='{"peer.service":"shop"}')], [])
    assert (arrows(file), file.idle) == ({}, True)
    at = time.monotonic() + call_counter.WAIT + 1
    monkeypatch.setattr(call_counter.time, "monotonic", lambda: at)
    assert not file.idle
    file.add([], [], [])
    assert arrows(file) == {("", "orders"): 1, ("shop", "points"): 1}


def test_what_a_service_does_by_the_clock_is_no_call_from_outside(file):
    file.add([], [made("a", "orders")._replace(kind=kind) for kind in (1, 3, 5)], [])
    assert arrows(file) == {}


def test_what_waits_is_counted_at_the_end_and_bounded(file, monkeypatch):
    monkeypatch.setattr(call_counter, "WAITING", 10)
    for _ in range(2):
        file.add([], [made(number, "orders", "f") for number in range(30)], [])
    assert arrows(file) == {("", "orders"): 50}
    file.close()
    assert arrows(file) == {("", "orders"): 60}


def test_percentiles_are_within_nine_percent(file):
    spans = [made(number, "orders", duration=number * 100, error=int(number > 980)) for number in range(1, 1001)]
    file.add([], spans, [])
    [found] = statistics.calls(file.path, 0, MINUTE)
    assert (found["count"], found["errors"]) == (1000, 20)
    assert found["p50"] == pytest.approx(50_000, rel=0.09)
    assert found["p95"] == pytest.approx(95_000, rel=0.09)
    assert found["rate"] == pytest.approx(1000 / 60)
    [point] = timeline(file.path, "orders")["points"]
    assert (point["count"], point["errors"], point["p95"]) == (1000, 20, found["p95"])


def test_the_sums_are_bounded_whatever_names_and_times_are_sent(tmp_path):
    file = RunFile(tmp_path / "a.sqlite", Limits(calls=500))
    for turn in range(4):
        file.add([], [made(number, f"s{turn}-{number}", start=number * 10**9) for number in range(2000)], [])
    file.close()
    assert rows(file.path, "SELECT count(*) AS n FROM calls")[0]["n"] <= 500


def test_a_run_of_an_earlier_version_has_no_traffic(file):
    file.close()
    with closing(sqlite3.connect(file.path)) as connection:
        connection.execute("DROP TABLE calls")
    assert (statistics.calls(file.path, 0, MINUTE), statistics.used(file.path)) == ([], [])
    assert timeline(file.path, "orders")["points"] == []


def test_the_figures_of_routes_are_those_of_their_spans(file):
    spans = [made(number, "orders", duration=number, error=int(number == 100)) for number in range(1, 101)]
    file.add([], [*spans, made("x", "points", duration=7)], [])
    [found] = statistics.operations(file.path, "orders")
    assert found == {"name": "GET /", "count": 100, "errors": 1, "p50": 51, "p95": 96, "rate": 100.0}
    assert [row["p95"] for row in statistics.operations(file.path, "points")] == [7]
