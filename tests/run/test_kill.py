"""`kill -9` of anything leaves nothing behind, and what can go on goes on."""

import os
import signal
import time

import psutil
import pytest

from run.conftest import family, gone
from stead.run.port import is_free
from stead.run.state_directory import Folder

STORED = 'stored = Service("stored", app="tiny_echo:create", routes=[], needs=[Postgres()])'


@pytest.fixture
def up(tiny):
    tiny.describe("echo, plain, stored", 'gateway=Gateway("edge", fronts=[echo])', STORED)
    tiny.process_started = tiny.start()
    tiny.until_settled()
    return tiny


def forkserver_of(pid: int, others=()) -> psutil.Process:
    """Return the forkserver of a supervisor; what it forked bears its command line, too."""
    found = [child for child in psutil.Process(pid).children() if "stead.run.forkserver" in child.cmdline()]
    return next(child for child in found if child.pid not in others)


def test_a_killed_supervisor_leaves_no_process_no_port_and_no_lock(up):
    state = up.state()
    everything = family(up.process_started.pid)
    ports = [int(process["url"].rsplit(":", 1)[1]) for process in state["processes"] if process["url"]]
    up.process_started.kill()
    assert gone(everything, 5.0) == []
    assert all(is_free(port) for port in ports)
    folder = Folder(up.folder / "backend.py")
    assert not folder.is_locked()
    assert folder.run() is None
    assert not folder.socket().exists()


def test_the_next_run_waits_for_a_killed_one_to_be_gone(tiny):
    first = tiny.describe("plain").start()
    tiny.until_settled()
    first.kill()
    second = tiny.start()
    assert tiny.until(lambda state: state["well"])
    assert Folder(tiny.folder / "backend.py").run().pid == second.pid


def test_a_killed_forkserver_is_started_again_and_what_lives_goes_on(up):
    before = {process["name"]: process["pid"] for process in up.state()["processes"]}
    for _ in range(2):
        dead = forkserver_of(up.process_started.pid, before.values())
        dead.kill()
        assert gone([dead], 5.0) == []
    time.sleep(0.5)
    state = up.until(lambda state: state["well"])
    assert {process["name"]: process["pid"] for process in state["processes"]} == before
    for name in ("echo", "stored"):
        os.kill(before[name], signal.SIGKILL)
        up.until(lambda state, name=name: state["well"] and up.process(name, state)["pid"] != before[name])
    everything = family(up.process_started.pid)
    up.process_started.kill()
    assert gone(everything, 8.0) == []


def test_what_dies_is_started_again_where_it_was(up):
    for before in up.state()["processes"]:
        os.kill(before["pid"], signal.SIGKILL)
        name = before["name"]
        state = up.until(lambda state, name=name: state["well"] and up.process(name, state)["restarts"] == 1)
        after = up.process(name, state)
        assert after["pid"] != before["pid"]
        assert after["url"] == before["url"]


def test_a_killed_server_of_databases_serves_again_within_seconds(up):
    """Its own processes outlive it for a moment, with sessions of their own: they are not waited for."""
    took: list[float] = []
    for _ in range(3):
        before = up.process("postgres")["pid"]
        began = time.monotonic()
        os.kill(before, signal.SIGKILL)
        up.until(
            lambda state, before=before: state["well"] and up.process("postgres", state)["pid"] not in (before, None)
        )
        took.append(time.monotonic() - began)
    assert max(took) < 10.0


def test_what_a_process_has_started_ends_with_it(tiny):
    forks = 'import subprocess, sys; subprocess.Popen(["sleep", "600"]); exec(open("plain.py").read())'
    (tiny.folder / "forks.py").write_text(forks)
    tiny.describe('Service("forks", command="python forks.py", health=Health("/up", contract=False))').start()
    pid = tiny.process("forks", tiny.until_settled())["pid"]
    children = psutil.Process(pid).children()
    assert [child.name() for child in children] == ["sleep"]
    os.kill(pid, signal.SIGKILL)
    assert gone(children, 2.0) == []


def test_many_kills_are_no_crash_loop(tiny):
    """A service that becomes healthy between its deaths is not given up."""
    tiny.describe("plain").start()
    state = tiny.until_settled()
    for _ in range(6):
        pid = tiny.process("plain", state)["pid"]
        os.kill(pid, signal.SIGKILL)
        state = tiny.until(lambda state, pid=pid: state["well"] and tiny.process("plain", state)["pid"] != pid)
