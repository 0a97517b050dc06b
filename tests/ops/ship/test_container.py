"""What Docker and Compose say of containers, as they really said it, and what services say of themselves."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stead.ops.ship import container_health
from stead.ops.ship.container import containers, failed, states
from stead.ops.ship.container_health import health_error, reading

LINES = """\
{"Name":"shop-stage-orders-1","Service":"orders","State":"running","Health":"healthy","ExitCode":0}
{"Name":"shop-stage-jobs-1","Service":"jobs","State":"exited","Health":"","ExitCode":0}
{"Name":"shop-stage-points-1","Service":"points","State":"exited","Health":"","ExitCode":78}
{"Name":"shop-stage-gateway-1","Service":"gateway","State":"created","Health":"","ExitCode":0}
{"Name":"shop-stage-auth-1","Service":"auth","State":"running","Health":"starting","ExitCode":0}
"""
WRONG = {"points": "ended with exit status 78", "gateway": "is created", "auth": "is starting"}


@pytest.mark.parametrize("text", [LINES, f"[{','.join(LINES.splitlines())}]"])
def test_both_forms_are_read(text):
    assert {each.service: each.wrong for each in containers(text) if each.wrong} == WRONG


def test_what_compose_says_of_a_service_that_is_started_again_meanwhile():
    output = (
        "dependency failed to start: container shop-stage-auth-1 is unhealthy\ncontainer shop-stage-job-1 exited (3)"
    )
    assert failed(output, "shop-stage") == {"auth": "is unhealthy", "job": "exited (3)"}


def test_nothing_is_there():
    assert containers("") == containers("[]") == []


def test_states():
    text = '{"Status":"running","ExitCode":0,"Health":{"Status":"unhealthy"}}\n{"Status":"running","ExitCode":0}\n'
    assert [each.wrong for each in states(text)] == ["is unhealthy", ""]


WANTED = {"service": "orders", "env": "staging", "status": "ok", "version": "v2"}
GOOD = '{"service": "orders", "env": "staging", "status": "ok", "version": "v2"}'


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (GOOD, ""),
        (f"HTTP/1.0 200 OK\r\nA: b\r\n\r\n{GOOD}\n", ""),
        (GOOD.replace("v2", "v1"), "version is 'v1', not 'v2'"),
        ('{"status": "ok"}', "not service, env, status, version"),
        ("<html>", "answered no JSON"),
        ("", "answered no JSON"),
    ],
)
def test_an_answer_is_held_to_the_contract(answer, wrong):
    said = health_error(answer, WANTED)
    assert (wrong in said) and bool(wrong) == bool(said)


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(GOOD.encode())

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("kind", ["python", "program"])
def test_the_words_read_a_real_answer(kind, monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(container_health, "PORT", server.server_port)
        said = subprocess.run(reading(kind, "/health"), capture_output=True, text=True, timeout=10, check=True).stdout
        server.shutdown()
    assert health_error(said, WANTED) == ""
