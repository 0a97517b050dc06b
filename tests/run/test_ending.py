"""`stead down` finds what runs by its lock and its processes; a hang-up ends only what did not ask to ignore it."""

import os
import shutil
import signal
import time

import psutil
import pytest

from run.conftest import family, gone
from stead.run.control_client import Remote
from stead.run.forkserver import mark
from stead.run.state_directory import Folder


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.8])
def test_down_ends_a_run_that_is_still_starting(tiny, seconds):
    process = tiny.describe("plain").start()
    time.sleep(seconds)
    down = tiny.stead("down", str(tiny.folder))
    assert down.returncode == 0, down.stderr
    process.wait(2)
    assert mark.bearers(Folder(tiny.folder.resolve() / "backend.py").mark) == []


def test_down_ends_a_run_whose_folder_was_deleted(tiny):
    process = tiny.describe("plain").start()
    tiny.until_settled()
    everything = family(process.pid)
    shutil.rmtree(tiny.folder / ".stead")
    assert tiny.stead("status", str(tiny.folder)).returncode == 0
    second = tiny.stead("up", str(tiny.folder), "--port", "0")
    assert second.returncode == 1
    assert str(process.pid) in second.stderr
    assert tiny.stead("down", str(tiny.folder)).returncode == 0
    assert gone(everything, 1.0) == []


def test_a_stopped_run_is_told_as_such_and_ended(tiny):
    process = tiny.describe("plain").start()
    tiny.until_settled()
    everything = family(process.pid)
    os.kill(process.pid, signal.SIGSTOP)
    began = time.monotonic()
    status = tiny.stead("status", str(tiny.folder))
    assert status.returncode == 1
    assert f"process {process.pid}" in status.stderr
    assert "stopped" in status.stderr
    assert time.monotonic() - began < 15
    assert tiny.stead("down", str(tiny.folder)).returncode == 0
    assert gone(everything, 1.0) == []


def test_an_ignored_hang_up_stays_ignored(tiny):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what `nohup` does
    try:
        process = tiny.describe("plain").start()
    finally:
        signal.signal(signal.SIGHUP, before)
    tiny.until_settled()
    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert tiny.state()["well"]
    process.terminate()
    assert process.wait(10) == 0


def test_a_hang_up_does_not_end_a_detached_run(tiny):
    assert tiny.describe("plain").stead("up", str(tiny.folder), "-d", "--port", "0").returncode == 0
    try:
        pid = Remote(tiny.folder).run.pid
        os.kill(pid, signal.SIGHUP)
        time.sleep(0.5)
        assert psutil.pid_exists(pid)
        assert tiny.state()["well"]
    finally:
        assert tiny.stead("down", str(tiny.folder)).returncode == 0
