"""How soon all of polyglot is there, beside the slowest of its programs when it is started alone.

Both starts find what is compiled and kept already: a first `stead up` makes that, and has a row of its own. The same
command starts a program alone, with the environment that its service has; it is there when its health path answers.
What is not installed is left out, and the row says so.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil

from benchmarks.envoy_process import free, until
from benchmarks.row import Row
from stead import load
from stead.model import AnyService
from stead.run.control_client import Remote
from stead.testing.backend import copied

POLYGLOT = Path(__file__).parents[1] / "backends/polyglot"


@dataclass(frozen=True)
class Program:
    """One program of the backend, as `stead up` starts it."""

    service: AnyService
    folder: Path
    environ: Mapping[str, str]


def measure(parent: Path) -> Iterator[Row]:
    """Yield the rows of both starts, the memory, and the ratio of the slowest program's start to the whole."""
    backend = copied(POLYGLOT, parent)
    missing = [each.name for each in _commands(backend) if not shutil.which(each.command[0])]
    named = f"polyglot without {', '.join(missing)}" if missing else "polyglot"
    with _started(backend, missing) as seconds:
        yield Row(f"{named}, all healthy: first start, which compiles", seconds, "s")
        programs = [_program(backend, each) for each in _commands(backend) if each.name not in missing]
    alone = {each.service.name: _alone(each) for each in programs}
    slowest = max(alone, key=alone.__getitem__)
    yield Row(f"polyglot's slowest program, alone: {slowest}", alone[slowest], "s")
    with _started(backend, missing) as seconds:
        yield Row(f"{named}, all healthy: next start", seconds, "s", alone[slowest] / seconds)
        yield _memory(backend)


def _commands(backend: Path) -> list[AnyService]:
    return [each for each in load(backend).services if each.command and each.port is not None]


@contextmanager
def _started(backend: Path, missing: list[str]) -> Iterator[float]:
    """Start the whole and yield the seconds until all is healthy; end it."""
    without = [word for name in missing for word in ("--without", name)]
    began = time.perf_counter()
    _stead("up", backend, "-d", "--port", "0", *without)
    try:
        yield time.perf_counter() - began
    finally:
        _stead("down", backend)


def _stead(command: str, backend: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "stead", command, str(backend), *words], check=True, stdout=subprocess.DEVNULL
    )


def _program(backend: Path, service: AnyService) -> Program:
    answer = Remote(backend).ask("environment", [service.name])
    return Program(service, Path(answer["folder"]), answer["environment"])


def _alone(program: Program) -> float:
    """Return the seconds in which a program answers that it is healthy, when nothing else runs."""
    port = free()
    environ = {**os.environ, **program.environ, "PORT": str(port)}
    began = time.perf_counter()
    running = subprocess.Popen(
        program.service.command,
        cwd=program.folder,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: _answers(f"http://127.0.0.1:{port}{program.service.health.path}"))
        return time.perf_counter() - began
    finally:
        os.killpg(running.pid, signal.SIGKILL)  # `go run` has the program as a child
        running.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status < 300)
    except HTTPError as refused:
        refused.close()
        return False
    except OSError:
        return False


def _memory(backend: Path) -> Row:
    run = psutil.Process(Remote(backend).run.pid)
    family = [run, *run.children(recursive=True)]
    memory = sum(each.memory_full_info().pss for each in family) / 1e6
    return Row(f"polyglot, memory of {len(family)} processes, PSS", memory, "MB")
