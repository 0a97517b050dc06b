"""Nothing that a backend has started outlives it: neither what daemonises, nor what outlived a killed supervisor."""

import os
import signal
import time

import psutil
import pytest

from run.conftest import gone
from run.test_kill import forkserver_of
from stead.run.forkserver import mark
from stead.run.state_directory import Folder

APART = """
import subprocess
subprocess.Popen(["sleep", "600"], start_new_session=True)
exec(open("plain.py").read())
"""
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
"""
FORKS = """
import os, time
from tiny_echo import create as echo
def create():
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    return echo()
"""

LEAVES_BEHIND = "what stays after a supervisor is ended by force is what these tests look at"


def described(tiny, **programs: str):
    for name, text in programs.items():
        (tiny.folder / f"{name}.py").write_text(text)
    return tiny


def bearers(tiny) -> list[psutil.Process]:
    found = mark.bearers(Folder(tiny.folder.resolve() / "backend.py").mark)
    return [psutil.Process(pid) for pid in found]


@pytest.fixture
def apart(tiny):
    described(tiny, apart=APART, forks=FORKS)
    tiny.describe(
        'Service("apart", command="python apart.py", health=Health("/up", contract=False)),'
        'Service("forks", app="forks:create", routes=[])'
    )
    yield tiny
    for process in bearers(tiny):
        process.kill()


def test_a_session_of_its_own_does_not_outlive_down(apart):
    apart.start()
    assert apart.until_settled()["well"]
    everything = bearers(apart)
    assert "sleep" in [process.name() for process in everything]
    assert apart.stead("down", str(apart.folder)).returncode == 0
    assert gone(everything, 1.0) == []


def test_what_one_process_has_started_ends_with_it_and_not_another_s(apart):
    apart.start()
    pid = apart.process("forks", apart.until_settled())["pid"]
    sleeper = next(process for process in bearers(apart) if process.name() == "sleep")
    forked = [each for each in psutil.Process(pid).children() if each.is_running()]
    assert len(forked) == 1
    os.kill(pid, signal.SIGKILL)
    assert gone(forked, 2.0) == []
    assert sleeper.is_running()


def test_nothing_outlives_a_killed_supervisor(apart):
    process = apart.start()
    apart.until_settled()
    everything = bearers(apart)
    process.kill()
    assert gone(everything, 8.0) == []


@pytest.mark.parametrize("command", ["up", "down"])
def test_what_outlived_supervisor_and_forkserver_is_found_by_the_next_command(apart, command):
    process = apart.start()
    apart.until_settled()
    forkserver = forkserver_of(process.pid)
    everything = bearers(apart)
    os.kill(process.pid, signal.SIGSTOP)
    forkserver.kill()
    process.kill()
    if command == "up":
        apart.start()
        assert apart.until_settled()["well"]
    else:
        assert apart.stead("down", str(apart.folder)).returncode == 0
    assert gone(everything, 2.0) == []


def test_a_daemonising_command_is_told_at_once(tiny):
    described(tiny, daemon=DAEMON).describe('Service("daemon", command="python daemon.py")').start()
    began = time.monotonic()
    daemon = tiny.process("daemon", tiny.until_settled())
    assert daemon["state"] == "failed"
    assert "in the background" in daemon["why"]
    assert "stay in the foreground" in daemon["why"]
    assert daemon["restarts"] == 0
    assert time.monotonic() - began < 15
    assert [each.name() for each in bearers(tiny) if "daemon.py" in " ".join(each.cmdline())] == []
