"""Kinds of process on this machine: a worker, a job with a schedule, a program with a port of its own."""

import json
import os
import signal
import socket
import urllib.error
import urllib.request

import pytest

from gateway.edge import free_port
from stead.model import Health, Service
from stead.run.error import PortTakenError
from stead.run.port import Ports
from stead.run.service_spec import WORKER as WORKER_HINT
from stead.run.service_spec import ServiceStart, service_spec

WORKER = """
import time, sys
sys.stdout.write("working\\n"); sys.stdout.flush()
time.sleep(600)
"""
TICK = """
import pathlib, sys
seen = pathlib.Path("ticks"); seen.write_text(str(int(seen.read_text() if seen.exists() else 0) + 1))
sys.exit(int(seen.read_text()) == 2)
"""
SERVE = """
import http.server, os, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204 if self.path == "/up" else 200); self.end_headers()
        if self.path != "/up":
            self.wfile.write(str(sorted(k for k in os.environ if "PORT" in k)).encode())
    def log_message(self, *_): pass
port = int(sys.argv[1]) if sys.argv[1:] else int(os.environ["HTTP_PORT"])
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""

UP = 'health=Health("/up", contract=False)'


def described(tiny, services, rest="", **files):
    for name, text in files.items():
        (tiny.folder / f"{name}.py").write_text(text)
    return tiny.describe(services, rest)


@pytest.fixture(scope="module")
def kinds(shared):
    """One backend with a process of each kind."""
    port = free_port()
    services = [
        'Service("worker", command="python worker.py", port=None)',
        'Service("probed", command="python worker.py", port=None, health=Health(probe=("test", "-e", "ready")))',
        f'Service("web", command="python serve.py", port="HTTP_PORT", {UP}, routes=[Route.public("GET", "/v1/x")])',
        f'Service("fixed", command="python serve.py {port}", port={port}, {UP}, '
        'routes=[Route.service("GET", "/v1/x", "x")])',
        'Service("tcp", command="python serve.py", port="HTTP_PORT", health=Health(tcp=True))',
        'Service("said", command="python serve.py", port="HTTP_PORT", health=Health(probe=("test", "-e", "well")))',
    ]
    described(shared, ", ".join(services), worker=WORKER, serve=SERVE).start()
    shared.until(lambda state: all(shared.process(name, state)["state"] == "healthy" for name in ("worker", "fixed")))
    shared.fixed_port = port
    return shared


def healthy(tiny, name):
    """Wait until a process is healthy, and return it and the state of the run."""
    state = tiny.until(lambda state: tiny.process(name, state)["state"] == "healthy")
    return tiny.process(name, state), state


def test_a_worker_is_healthy_while_it_runs_and_is_started_again(kinds):
    worker, state = healthy(kinds, "worker")
    assert (worker["url"], "worker" in state["addresses"]) == ("", False)
    os.kill(worker["pid"], signal.SIGKILL)
    kinds.until(lambda state: kinds.process("worker", state)["pid"] not in (None, worker["pid"]))
    healthy(kinds, "worker")


def test_a_worker_may_have_a_probe(kinds):
    kinds.until(lambda state: kinds.process("probed", state)["pid"] is not None)
    assert kinds.process("probed")["state"] in ("starting", "unhealthy")
    (kinds.folder / "ready").touch()
    healthy(kinds, "probed")


@pytest.mark.parametrize("health", [{"tcp": True}, {"grpc": True}, {}, {"probe": ("true",)}], ids=str)
async def test_a_command_without_routes_that_never_listens_is_told_how_a_worker_is_described(health, tmp_path):
    service = Service("worker", command="node worker.js", health=Health(**health))
    spec = service_spec(service, ServiceStart(None, (), tmp_path, lambda: os.environ, 0, free_port()))
    told = f"does not listen on port {spec.port} yet{WORKER_HINT}"
    assert (await spec.probe(0), await spec.alive(0)) == ("" if "probe" in health else told, told)


def test_a_job_with_a_schedule_runs_again_and_tells_of_its_last_run_and_its_next(tiny):
    jobs = 'jobs=[Job("tick", command="python tick.py", every="1s")]'
    described(tiny, 'Service("worker", command="python worker.py", port=None)', jobs, worker=WORKER, tick=TICK).start()
    failed = tiny.until(lambda state: tiny.process("tick", state)["state"] == "unhealthy", 30)
    assert "ended with exit status 1" in tiny.process("tick", failed)["why"]
    tick = tiny.process("tick", tiny.until(lambda state: tiny.process("tick", state)["runs"] >= 3, 30))
    assert tick["failures"] == 1
    well = tiny.until(lambda state: "next run at" in tiny.process("tick", state)["why"] and state["well"], 30)
    assert "last run at" in tiny.process("tick", well)["why"]


def test_a_program_finds_its_port_where_it_likes_and_may_answer_204(kinds):
    web, _ = healthy(kinds, "web")
    with urllib.request.urlopen(web["url"] + "/v1/x", timeout=5) as answer:
        assert "HTTP_PORT" in answer.read().decode()


def test_a_program_that_listens_on_a_fixed_port_is_reached_there_through_its_proxy(kinds):
    fixed, _ = healthy(kinds, "fixed")
    assert str(kinds.fixed_port) not in fixed["url"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(fixed["url"] + "/v1/x", timeout=5)
    assert (refused.value.code, json.loads(refused.value.read())["code"]) == (401, "unauthenticated")
    refused.value.close()


def test_a_fixed_port_that_is_taken_is_said_with_whom_and_a_way_out(tiny):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = described(tiny, f'Service("web", command="python serve.py {port}", port={port})', serve=SERVE).start()
        out, _ = run.communicate(timeout=30)
    assert run.returncode == 1
    assert f"web listens on port {port}, as described, but process" in out
    assert "change port= of web" in out
    assert "Traceback" not in out


def test_the_gateway_steps_aside_for_a_program_that_always_listens_on_its_usual_port(monkeypatch):
    ports = [free_port() for _ in range(2)]
    monkeypatch.setattr("stead.run.port.USUAL", ports[0])
    monkeypatch.setattr("stead.run.port.is_free", lambda _: True)
    given = Ports()
    assert given.for_gateway(None, {ports[0], ports[0] + 1}) == ports[0] + 2
    assert given.take_for(ports[0], "web") == ports[0]
    assert given.for_gateway(ports[1], {ports[1]}) == ports[1], "who asks for a port gets it, or is refused"
    with pytest.raises(PortTakenError, match=r"of this backend uses that port\.\n.*stead up --port 0, or change"):
        given.take_for(ports[1], "web")


def test_a_program_without_a_health_path_is_healthy_when_it_takes_connections_or_its_probe_says_so(kinds):
    healthy(kinds, "tcp")
    assert kinds.process("said")["state"] in ("starting", "unhealthy")
    (kinds.folder / "well").touch()
    healthy(kinds, "said")
