"""Tiny backends, written into a folder of the test's own and run by the real command line."""

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from stead.run.control_client import Remote
from stead.run.error import NotRunningError

HERE = Path(__file__).parent


class Tiny:
    """A backend in a folder, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen] = []
        for name in ("tiny_echo.py", "plain.py"):
            (folder / name).write_text((HERE / name).read_text())

    def describe(self, services: str, rest: str = "", before: str = "") -> "Tiny":
        """Write a backend.py; `services` is the text of its list."""
        text = f"""
            from stead import *
            echo = Service("echo", app="tiny_echo:create", routes=[
                Route.public("GET", "/v1/hello"), Route.public("GET", "/v1/slow")])
            plain = Service("plain", command="python plain.py", health=Health("/up", contract=False), settings=[
                Setting("GREETING", default="hi"), Setting("PLAIN_KEY", secret=True, dev=Dev.RANDOM)])
            {before}
            backend = Backend("tiny", services=[{services}], {rest})
        """
        (self.folder / "backend.py").write_text(textwrap.dedent(text))
        return self

    def start(self, *words: str, **environ: str) -> subprocess.Popen:
        """Run `stead up` and go on; the fixture ends what is left of it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "stead", "up", str(self.folder), "--port", "0", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environ},
            text=True,
        )
        self.started.append(process)
        return process

    def stead(self, *words: str, **environ: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "stead", *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, **environ},
        )

    def state(self) -> dict:
        return Remote(self.folder).ask("status")

    def until(self, holds, seconds: float = 60.0) -> dict:
        """Wait until the state of the run is as wanted, and return it."""
        state = {}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                state = self.state()
            except NotRunningError:
                state = {}
            if state and holds(state):
                return state
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s; the last state is {json.dumps(state, indent=1)}")

    def until_settled(self) -> dict:
        return self.until(lambda state: state["settled"])

    def process(self, name: str, state: dict | None = None) -> dict:
        processes = (state or self.state())["processes"]
        return next(process for process in processes if process["name"] == name)

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                try:
                    process.communicate(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
            process.communicate()


def family(pid: int) -> list[psutil.Process]:
    """Return everything that a run has started, itself included."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def gone(processes: list[psutil.Process], seconds: float = 5.0) -> list[psutil.Process]:
    """Return those that are still there after so many seconds."""
    _, alive = psutil.wait_procs([each for each in processes if each.is_running()], timeout=seconds)
    return [each for each in alive if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def tiny(tmp_path):
    made = Tiny(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One backend for all tests of a module that change nothing."""
    made = Tiny(tmp_path_factory.mktemp("shared"))
    yield made
    made.end()
