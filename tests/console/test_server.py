"""What the page is told: logs as they come, traces with what belongs to them, boundaries, runs."""

import json
import signal
import sqlite3
import time
from contextlib import closing

import psutil
import pytest

from console.conftest import TRACE, ConsoleUnderTest, span


def kit(message, level="info", **fields):
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return json.dumps({"time": at, "level": level, "logger": "x", "message": message, "service": "orders", **fields})


def dump(file):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(file)
        return list(connection.iterdump())


def test_logs_are_told_as_they_come(console):
    console.write("orders", kit("first"), kit("second", "error"))
    found = console.until("/api/logs", lambda found: len(found["lines"]) == 2)
    assert [line["message"] for line in found["lines"]] == ["first", "second"]
    console.write("points", "WARNING: third")
    added = console.until("/api/logs", lambda added: added["lines"], after=found["last"])
    assert [(line["process"], line["level"]) for line in added["lines"]] == [("points", 30)]
    assert [line["message"] for line in console.get("/api/logs", level="error")["lines"]] == ["second"]
    assert [line["message"] for line in console.get("/api/logs", process="points")["lines"]] == ["WARNING: third"]


def test_a_trace_has_its_spans_and_its_log_lines(console):
    now = time.time() * 1e9
    console.export(span("GET /v1/orders", ident="a" * 16, start=now, ms=30), service="edge")
    console.export(span("GET /v1/orders", ident="b" * 16, parent="a" * 16, start=now + 2e6, ms=20), service="orders")
    console.write("orders", kit("took an order", trace_id=TRACE, span_id="b" * 16), kit("of no trace"))
    [found] = console.until("/api/traces", lambda found: found["traces"] and found["traces"][0]["spans"] == 2)["traces"]
    assert (found["name"], found["service"], found["duration"]) == ("GET /v1/orders", "edge", 30_000)
    assert [each["service"] for each in found["services"]] == ["edge", "orders"]
    whole = console.until(f"/api/traces/{TRACE}", lambda whole: whole["logs"])
    assert [each["span"] for each in whole["spans"]] == ["a" * 16, "b" * 16]
    assert [line["message"] for line in whole["logs"]] == ["took an order"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["slow", "failed", "refused", "quick"]),
        ({"failed": 1}, ["failed"]),
        ({"status": 4}, ["refused"]),
        ({"slower": 100}, ["slow"]),
        ({"service": "points"}, ["slow"]),
        ({"q": "user.id:ann"}, ["quick"]),
        ({"q": "status:503"}, ["failed"]),
        ({"q": "quick"}, ["quick"]),
    ],
)
def test_traces_are_filtered_by_what_any_span_holds(console, query, found):
    now = time.time() * 1e9
    console.export(span("quick", trace="1" * 32, start=now, **{"user.id": "ann"}))
    console.export(span("refused", trace="2" * 32, start=now + 1e9, status=403))
    console.export(span("failed", trace="3" * 32, start=now + 2e9, status=503, code=2))
    console.export(span("slow", trace="4" * 32, start=now + 3e9, ms=500), service="points")
    console.until("/api/traces", lambda told: len(told["traces"]) == 4)
    assert [each["name"] for each in console.get("/api/traces", **query)["traces"]] == found


def test_pages_of_traces_follow_each_other(console):
    console.export(
        *(span(str(number), trace=f"{number + 1:032x}", start=(1_800_000_000 + number) * 1e9) for number in range(25))
    )
    console.until("/api/traces", lambda told: len(told["traces"]) == 20, limit=20)
    first = console.get("/api/traces", limit=20)
    last = first["traces"][-1]
    rest = console.get("/api/traces", limit=20, before=f"{last['start']}:{last['trace']}")
    assert [each["name"] for each in first["traces"] + rest["traces"]] == [str(number) for number in range(24, -1, -1)]
    assert (first["more"], rest["more"]) == (True, False)


def test_boundaries_tell_who_called_whom_and_what_was_refused(console):
    now = time.time() * 1e9
    console.export(span(ident="a" * 16, start=now), service="edge")
    console.export(span(ident="b" * 16, parent="a" * 16, start=now), service="orders")
    console.export(span("POST /v1/awards", start=now, **{"peer.service": "orders"}), service="points")
    console.write(
        "points",
        kit("refused: orders may not reverse", "warning", route="POST /v1/reversals"),
        kit("refused a service token: 'thief' is not a declared caller of points", "warning", route="GET /v1/balance"),
    )
    console.write(
        "edge", '{"method":"GET","path":"/v1/orders","status":401,"reason":"rbac_access_denied_matched_policy[none]"}'
    )
    console.write("orders", kit("GET /v1/orders/7 403", route="/v1/orders/{id}", status=403))
    inner = {"parent": "b" * 16, "ident": "c" * 16, "start": now}
    console.export(span("GET /v1/users/7", **inner), service="points")
    console.write(
        "points", kit("GET /v1/users/7 401", status=401, path="/v1/users/7", trace_id=TRACE, span_id="c" * 16)
    )
    found = console.until("/api/boundaries", lambda found: len(found["refused"]) == 5 and len(found["used"]) == 3)
    assert {(each["caller"], each["callee"]) for each in found["used"]} == {
        ("", "edge"),
        ("edge", "orders"),
        ("orders", "points"),
    }
    said = {(each["caller"], each["callee"], each["what"]): each["why"] for each in found["refused"]}
    assert said["orders", "points", "POST /v1/reversals"] == "reverse is not declared for it"
    assert said["thief", "points", "GET /v1/balance"] == "it is not a declared caller"
    assert said["", "edge", "GET /v1/orders"].startswith("there is no user")
    assert said["", "orders", "GET /v1/orders/{id}"] == "orders answered 403"
    assert said["orders", "points", "GET /v1/users/7"] == "points answered 401"


def test_the_traffic_of_an_arrow(console):
    now = time.time() * 1e9
    for number in range(20):
        ident = f"{number + 1:016x}"
        console.export(span(trace=f"{number + 1:032x}", ident=ident, start=now, ms=10), service="edge")
        inner = span(
            trace=f"{number + 1:032x}", parent=ident, start=now, ms=number + 1, status=503 if number == 0 else 200
        )
        console.export(inner, service="orders")
    found = console.until("/api/overview", lambda found: sum(call["count"] for call in found["calls"]) == 40)
    [arrow] = [call for call in found["calls"] if call["callee"] == "orders"]
    assert (arrow["caller"], arrow["errors"], arrow["p95"]) == ("edge", 1, 20_000)
    assert found["traffic"]["orders"]["rate"] == pytest.approx(20 / 60)


def test_a_changed_description_is_shown(console):
    console.process.stdin.write(b'{"nodes":[{"name":"other","kind":"service"}],"calls":[]}\n')
    console.process.stdin.flush()
    console.until("/api/overview", lambda found: [node["name"] for node in found["graph"]["nodes"]] == ["other"])


def test_a_run_is_kept_as_one_file_that_another_console_shows(console, tmp_path):
    console.export(span("GET /kept"))
    console.write("orders", kit("kept"))
    console.until("/api/logs", lambda found: found["lines"])
    name = console.file.stem
    assert console.end() == 0
    assert [file.name for file in console.file.parent.iterdir()] == [f"{name}.sqlite"]
    time.sleep(1.1)  # a run is named by the second of its start
    later = ConsoleUnderTest(tmp_path).run()
    try:
        assert [line["message"] for line in later.get("/api/logs", run=name)["lines"]] == ["kept"]
        assert later.get("/api/logs")["lines"] == []
        runs = later.get("/api/runs")["runs"]
        assert [(run["name"] == name, run["live"]) for run in runs] == [(False, True), (True, False)]
        handed_on = later.client.get(f"/api/runs/{name}/file").content
        assert dump(handed_on) == dump(console.file.parent.joinpath(f"{name}.sqlite").read_bytes())
        assert later.post(f"/api/runs/{runs[0]['name']}/delete").status_code == 400
        assert later.post(f"/api/runs/{name}/delete").status_code == 200
        assert [run["live"] for run in later.get("/api/runs")["runs"]] == [True]
    finally:
        later.end()


def test_a_damaged_file_is_named_and_the_others_are_shown(console):
    console.get("/api/overview")
    broken = console.file.with_name("20200101T000000.sqlite")
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    runs = {run["name"]: run for run in console.get("/api/runs")["runs"]}
    assert "damaged" in runs["20200101T000000"]["damaged"]
    assert len(runs) == 2
    answer = console.client.get("/api/logs?run=20200101T000000")
    assert answer.status_code == 503
    assert "cannot be read" in answer.json()["error"]


def test_a_file_that_is_damaged_while_it_is_written_ends_the_recording_and_is_said_once(console):
    console.write("orders", *(kit(f"line {number}") for number in range(500)))
    console.until("/api/logs", lambda found: len(found["lines"]) == 200)
    with sqlite3.connect(console.file) as connection:
        connection.execute("DROP TABLE logs")
    console.write("orders", kit("one more"))
    said = console.process.stdout.readline().decode()
    assert "records nothing more of this run" in said
    assert str(console.file) in said
    assert console.client.get("/api/overview").json()["run"]["backend"] == "shop"
    assert console.export(span()).status_code == 200
    assert console.end() == 0


def test_it_ends_with_its_input_and_by_a_signal(tmp_path):
    first = ConsoleUnderTest(tmp_path).run()
    first.get("/api/overview")
    begun = time.monotonic()
    assert first.end() == 0
    assert time.monotonic() - begun < 3
    second = ConsoleUnderTest(tmp_path).run()
    second.get("/api/overview")
    second.process.send_signal(signal.SIGTERM)
    second.process.wait(5)
    second.end()


def test_a_flood_of_spans_is_bounded(small):
    for _ in range(10):
        small.export(*(span(f"n{number}", ms=1) for number in range(1000)))
    small.until("/api/traces", lambda found: found["traces"])
    time.sleep(0.5)
    [row] = [each for each in small.get("/api/runs")["runs"] if each["live"]]
    assert row["bytes"] < 50_000_000
    assert psutil.Process(small.process.pid).memory_full_info().uss < 60_000_000
    assert small.get("/api/overview")["run"]["live"]
    connection = sqlite3.connect(f"file:{small.file}?mode=ro", uri=True)
    assert connection.execute("SELECT count(*) FROM spans").fetchone()[0] <= 5000
    connection.close()
