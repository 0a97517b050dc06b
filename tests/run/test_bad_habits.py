"""Ten programs that behave badly, under one `stead up`: each is told as it is, and nothing of them outlives it."""

import http.client
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from run.conftest import family, gone

FINE = ("late", "deaf", "forks", "long", "flood", "half", "wide", "yes")
LOG = 4 * 2**20  # bytes, of which a program has two files
BEFORE = f"""
            def bad(name, health=Health("/up", contract=False)):
                route = Route.public("GET", f"/v1/{{name}}")
                return Service(name, command=f"{sys.executable} bad_habits.py {{name}}", health=health, routes=[route])
            mute = Service("mute", command="{sys.executable} -c 'import time; time.sleep(600)'")
            bad_ones = [bad(name) for name in {(*FINE[:-1], "garbage", "six")}] + [bad("yes", Health())]
"""


@pytest.fixture(scope="module")
def started(shared):
    shutil.copy(Path(__file__).parent / "bad_habits.py", shared.folder)
    shared.describe("*bad_ones, mute", 'gateway=Gateway("edge", fronts=bad_ones)', BEFORE)
    run = shared.start()
    names = (*FINE, "edge")
    shared.until(lambda state: all(shared.process(each, state)["state"] == "healthy" for each in names), 60)
    return run


def test_each_is_told_as_it_is(started, shared):
    why = {each["name"]: each["why"] for each in shared.state()["processes"]}
    assert why["garbage"].startswith("/up answers an answer that is not HTTP")
    assert why["six"].startswith("listens on [::1]:")
    assert "so requests from the network bypass its proxy" in why["wide"]
    assert [why[name] for name in ("late", "deaf", "forks", "half")] == [""] * 4


def test_a_command_that_never_listens_is_told_how_a_worker_is_described(started, shared):
    why = shared.process("mute", shared.until(lambda state: shared.process("mute", state)["why"], 20))["why"]
    assert why.startswith("does not listen on port")
    assert "; for a worker, which does not listen, set port=None" in why


def test_the_gateway_answers_for_those_that_do_not(started, shared):
    url = shared.process("edge")["url"]
    with pytest.raises(http.client.IncompleteRead), urllib.request.urlopen(f"{url}/v1/half", timeout=10) as answer:
        answer.read()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/v1/garbage", timeout=10)
    with refused.value as answer:
        assert (answer.code, answer.headers["content-type"]) == (502, "application/problem+json")


def test_logs_are_bounded_and_without_escapes(started, shared):
    assert shared.stead("logs", "flood", str(shared.folder)).stdout.count("\x1b") == 0
    for name in ("flood", "long"):
        for file in (shared.folder / ".stead/logs").glob(f"{name}.log*"):
            assert file.stat().st_size < LOG + 1_500_000, "the last line may be long"


def test_nothing_of_them_outlives_the_run(started, shared):
    """The last one: it ends what the others ask."""
    processes, began = family(started.pid), time.monotonic()
    done = shared.stead("down", str(shared.folder))
    out, _ = started.communicate(timeout=30)
    assert (done.returncode, started.returncode) == (0, 0), done.stderr
    assert time.monotonic() - began < 30
    assert gone(processes) == []
    assert "Traceback" not in out
