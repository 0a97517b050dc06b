"""What is measured of the processes: memory and pools, as curves; a program without metrics is left alone."""

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stead.console.config import Limits
from stead.console.metric_query import POINTS, measured, timeline
from stead.console.metric_sampler import Measurement, MetricSampler
from stead.console.otlp import Span
from stead.console.run_file import RunFile, rows

POOL = b"""# TYPE database_pool_used gauge
database_pool_used 3.0
database_pool_size 8.0
database_pool_waiting 0.0
other_metric 1.0
"""


@contextmanager
def server(status, body):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{made.server_port}", asked
        finally:
            made.shutdown()
            thread.join()


def process(url, **more):
    return {"name": "orders", "kind": "service", "state": "healthy", "pid": os.getpid(), "url": url} | more


def sampled(*processes, times=1):
    sampler = MetricSampler(lambda: processes, lambda _: None)
    return [each for _ in range(times) for each in sampler.sample()]


def test_the_memory_and_the_pool_of_a_service_are_measured():
    with server(200, POOL) as (url, asked):
        found = {each.name: each.value for each in sampled(process(url))}
    assert found.pop("memory") > 1_000_000
    assert found == {"database_pool_used": 3, "database_pool_size": 8, "database_pool_waiting": 0}
    assert asked == ["/metrics"]


def test_a_program_without_metrics_is_asked_once():
    with server(404, b"database_pool_used 9.0") as (url, asked):
        found = sampled(process(url), times=3)
    assert {each.name for each in found} == {"memory"}
    assert asked == ["/metrics"]


def test_what_does_not_run_or_answer_has_no_measurement():
    assert sampled(process("http://127.0.0.1:1", pid=None)) == []
    assert {each.name for each in sampled(process("http://127.0.0.1:1"))} == {"memory"}
    assert {each.name for each in sampled(process("http://127.0.0.1:1", kind="gateway"))} == {"memory"}


def test_measurements_are_bounded_and_read_as_curves(tmp_path):
    path = tmp_path / "a.sqlite"
    file = RunFile(path, Limits(metrics=1000))
    for begin in range(0, 6000, 2000):
        file.add([], [], [], [Measurement(number, "orders", "memory", number) for number in range(begin, begin + 2000)])
    file.close()
    assert rows(path, "SELECT count(*) AS n FROM metrics")[0]["n"] <= 1000
    [(name, curve)] = measured(path, "orders").items()
    assert (name, len(curve), curve[-1]) == ("memory", POINTS, (5999, 5999.0))
    assert measured(path, "nobody") == {}


def test_a_run_of_an_earlier_version_has_no_curves(tmp_path):
    path = tmp_path / "a.sqlite"
    RunFile(path, Limits()).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE metrics")
    assert measured(path, "orders") == {}


def test_requests_over_time_are_points_of_one_step_also_when_clocks_jump(tmp_path):
    path = tmp_path / "a.sqlite"
    file = RunFile(path, Limits())

    def at(second, error=0):
        return Span(
            f"{second:032x}", f"{second:016x}", "", "orders", "GET /", 2, second * 1_000_000, 10, 200, error, "{}", ""
        )

    file.add([], [at(1000), at(1001, error=1), at(1011)], [])
    assert timeline(path, "orders") == {
        "step": 5,
        "points": [
            {"time": 1_000_000_000, "count": 2, "errors": 1, "p95": 10},
            {"time": 1_005_000_000, "count": 0, "errors": 0, "p95": None},
            {"time": 1_010_000_000, "count": 1, "errors": 0, "p95": 10},
        ],
    }
    live = timeline(path, "orders", until=1_031_000_000)["points"]  # nothing was asked since
    assert [(point["time"], point["count"]) for point in live[3:]] == [
        (1_000_000 * at, 0) for at in range(1015, 1031, 5)
    ]
    file.add([], [at(1_000_000_000)], [])
    file.close()
    jumped = timeline(path, "orders")
    assert (jumped["step"], len(jumped["points"]) <= POINTS) == (3600, True)
