"""Kinds of process on this machine: a worker, a job with a schedule, a program with a port of its own."""

import json
import socket
import urllib.error
import urllib.request

from gateway.edge import free_port

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


def test_a_worker_is_healthy_while_it_runs_and_is_started_again(tiny):
    services = 'Service("worker", command="python worker.py", port=None)'
    described(tiny, services, worker=WORKER).start()
    state = tiny.until(lambda state: state["well"] and state["settled"])
    worker = tiny.process("worker", state)
    assert (worker["state"], worker["url"], "worker" in state["addresses"]) == ("healthy", "", False)
    import psutil

    psutil.Process(worker["pid"]).kill()
    tiny.until(lambda state: state["well"] and tiny.process("worker", state)["pid"] not in (None, worker["pid"]))


def test_a_worker_may_have_a_probe(tiny):
    probe = 'health=Health(probe=("test", "-e", "ready"))'
    described(tiny, f'Service("worker", command="python worker.py", port=None, {probe})', worker=WORKER).start()
    tiny.until(lambda state: tiny.process("worker", state)["pid"] is not None)
    (tiny.folder / "ready").touch()
    tiny.until(lambda state: tiny.process("worker", state)["state"] == "healthy")


def test_a_job_with_a_schedule_runs_again_and_tells_of_its_last_run_and_its_next(tiny):
    jobs = 'jobs=[Job("tick", command="python tick.py", every="1s")]'
    described(tiny, 'Service("worker", command="python worker.py", port=None)', jobs, worker=WORKER, tick=TICK).start()
    failed = tiny.until(lambda state: tiny.process("tick", state)["state"] == "unhealthy", 30)
    assert "ended with exit status 1" in tiny.process("tick", failed)["why"]
    tick = tiny.process("tick", tiny.until(lambda state: tiny.process("tick", state)["runs"] >= 3, 30))
    assert tick["failures"] == 1
    well = tiny.until(lambda state: "next run at" in tiny.process("tick", state)["why"] and state["well"], 30)
    assert "last run at" in tiny.process("tick", well)["why"]


def test_a_program_finds_its_port_where_it_likes_and_may_answer_204(tiny):
    routes = 'routes=[Route.public("GET", "/v1/x")]'
    service = f'Service("web", command="python serve.py", port="HTTP_PORT", {UP}, {routes})'
    described(tiny, service, serve=SERVE).start()
    state = tiny.until(lambda state: state["well"] and state["settled"])
    with urllib.request.urlopen(tiny.process("web", state)["url"] + "/v1/x", timeout=5) as answer:
        assert "HTTP_PORT" in answer.read().decode()


def test_a_program_that_listens_on_a_fixed_port_is_reached_there_through_its_proxy(tiny):
    port = free_port()
    routes = 'routes=[Route.service("GET", "/v1/x", "x")]'
    service = f'Service("web", command="python serve.py {port}", port={port}, {UP}, {routes})'
    described(tiny, service, serve=SERVE).start()
    state = tiny.until(lambda state: state["well"] and state["settled"])
    url = tiny.process("web", state)["url"]
    assert str(port) not in url
    try:
        urllib.request.urlopen(url + "/v1/x", timeout=5)
    except urllib.error.HTTPError as refused:
        assert (refused.code, json.loads(refused.read())["code"]) == (401, "unauthenticated")


def test_a_fixed_port_that_is_taken_is_said_with_whom_and_a_way_out(tiny):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = described(tiny, f'Service("web", command="python serve.py {port}", port={port})', serve=SERVE).start()
        out, _ = run.communicate(timeout=30)
    assert run.returncode == 1
    assert f"web listens on port {port}, as its description says, and that port is in use by process" in out
    assert "change port= of web" in out
    assert "Traceback" not in out


def test_a_program_without_a_health_path_is_healthy_when_it_takes_connections_or_its_probe_says_so(tiny):
    tcp = 'Service("tcp", command="python serve.py", port="HTTP_PORT", health=Health(tcp=True))'
    said = 'Service("said", command="python serve.py", port="HTTP_PORT", health=Health(probe=("test", "-e", "well")))'
    described(tiny, f"{tcp}, {said}", serve=SERVE).start()
    tiny.until(lambda state: tiny.process("tcp", state)["state"] == "healthy")
    assert tiny.process("said")["state"] in ("starting", "unhealthy")
    (tiny.folder / "well").touch()
    tiny.until(lambda state: tiny.process("said", state)["state"] == "healthy")
