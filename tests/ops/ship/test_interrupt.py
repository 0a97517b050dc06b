"""A signal that arrives while a command is being started ends that command, and then the ship."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from stead.ops.ship.commands import Command
from stead.ops.ship.interrupt import InterruptedShipError, held_back, interruptible
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.port_forward import forwarded
from stead.ops.ship.runner import Real
from stead.ops.ship.workers_wrangler import _ran


@pytest.fixture
def started(monkeypatch):
    """The processes that are started; each meets SIGTERM while the ship is still starting it."""
    found, popen = [], subprocess.Popen

    class Interrupted(popen):
        def __init__(self, *words, **how):
            super().__init__(*words, **how)
            found.append(self)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    return found


@pytest.fixture
def kubectl(tmp_path, monkeypatch):
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return Kubectl("shop")


def forward(kubectl):
    with forwarded(kubectl, "gateway", 80):
        pass


COMMANDS = {
    "compose": lambda _: Real(Path()).look(Command(("sleep", "60"))),
    "kubectl": lambda kubectl: kubectl.look("get", "pods"),
    "kubectl port-forward": forward,
    "wrangler": lambda _: _ran(["sleep", "60"], Path(), dict(os.environ)),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_ends_the_command_that_is_being_started(name, started, kubectl):
    with pytest.raises(InterruptedShipError) as ended, interruptible():
        COMMANDS[name](kubectl)
    assert ended.value.code == 128 + signal.SIGTERM
    assert [each.poll() is not None for each in started] == [True]


def test_what_cannot_be_started_is_told_before_the_signal_is_raised():
    with pytest.raises(InterruptedShipError) as ended, interruptible(), held_back():
        os.kill(os.getpid(), signal.SIGTERM)
        raise FileNotFoundError("kubectl")
    assert isinstance(ended.value.__context__, FileNotFoundError)


def test_a_block_of_another_thread_holds_nothing_back():
    inside, over = threading.Event(), threading.Event()

    def hold():
        with held_back():
            inside.set()
            over.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        inside.wait(10)
        with pytest.raises(KeyboardInterrupt), interruptible():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        over.set()
        thread.join()
