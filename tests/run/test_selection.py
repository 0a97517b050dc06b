"""A part of a backend: some services with whom they call, all but some, and one that the person starts."""

import json
import subprocess
import sys
import urllib.request

SERVE = """
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(os.environ["SERVICE_NAME"].encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
"""
BEFORE = """
            def web(name, **rest): return Service(name, command=f"{sys.executable} serve.py", folder="code",
                health=Health("/up", contract=False), **rest)
            low = web("low", routes=[Route.service("GET", "/v1/x", "x")])
            top = web("top", calls=[low.may("x")])
            other = web("other", routes=[Route.public("GET", "/v1/other")])
"""


def described(tiny):
    (tiny.folder / "code").mkdir()
    (tiny.folder / "code/serve.py").write_text(SERVE)
    tiny.describe("low, top, other", 'gateway=Gateway("edge", fronts=[other])', "import sys" + BEFORE.rstrip())
    return tiny


def states(tiny, state):
    return {process["name"]: (process["state"], process["why"]) for process in state["processes"]}


def test_named_services_run_with_whom_they_call_and_nothing_else(tiny):
    described(tiny).start("top")
    found = states(tiny, tiny.until(lambda state: state["settled"] and state["well"]))
    assert (found["top"][0], found["low"][0]) == ("healthy", "healthy")
    assert found["other"] == ("skipped", "not selected")


def test_a_service_can_be_left_out_and_a_name_that_is_not_there_is_said(tiny):
    run = described(tiny).start("--without", "other", "--without", "nobody")
    out, _ = run.communicate(timeout=30)
    assert (run.returncode, "tiny has no nobody; there are low, other, top" in out) == (1, True)
    tiny.start("--without", "other")
    found = states(tiny, tiny.until(lambda state: state["settled"] and state["well"]))
    assert found["other"] == ("skipped", "left out by --without")


def test_a_service_that_the_person_starts_is_reached_as_it_would_be(tiny):
    described(tiny).start("--outside", "other")
    state = tiny.until(lambda state: state["settled"] and state["well"])
    assert "stead run other" in states(tiny, state)["other"][1]
    told = tiny.stead("run", "other", str(tiny.folder))
    assert "SERVICE_NAME='other'" in told.stdout
    words = [sys.executable, "-m", "stead", "run", "other", str(tiny.folder), "--", sys.executable, "serve.py"]
    with subprocess.Popen(words) as mine:
        try:
            tiny.until(lambda state: answer(state["url"] + "/v1/other") == b"other")
        finally:
            mine.terminate()


def answer(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as found:
            return found.read()
    except OSError:
        return b""


def test_a_command_runs_with_the_environment_and_in_the_folder_of_a_service(tiny):
    described(tiny).start()
    tiny.until(lambda state: state["settled"] and state["well"])
    script = "import json, os; print(json.dumps([os.getcwd(), os.environ['SERVICE_NAME']]))"
    done = tiny.stead("run", "top", str(tiny.folder), "--", sys.executable, "-c", script)
    assert json.loads(done.stdout) == [str((tiny.folder / "code").resolve()), "top"]
    missing = tiny.stead("run", "top", str(tiny.folder), "--", "no-such-program")
    assert (missing.returncode, "there is no program no-such-program" in missing.stderr) == (1, True)
    unknown = tiny.stead("run", "nobody", str(tiny.folder), "--", "true")
    assert "nobody is not a service or job of this run" in unknown.stderr
