"""Ask apps for their health, in another process that may hang, end or be ended."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from stead.check.context import Context
from stead.check.health.test_environment import environ
from stead.check.probe import ProbeAnswer, ProbeRequest
from stead.check.source import locate, module_of
from stead.model import AnyService
from stead.model.health import LIVEZ, VERSION
from stead.model.interpreter import module_command

PATIENCE = 20.0  # seconds for one service, from its import to its last answer
PATIENCE_OF_ONE = 5.0  # seconds for one answer
LONGEST = 120.0  # seconds for all of them


def answered(context: Context) -> Iterator[tuple[AnyService, ProbeAnswer]]:
    """Yield each ASGI app of the backend with what it answered. They are asked once for all rules."""
    found = context.once(_answers)
    for service in context.services:
        if service.name in found:
            yield service, found[service.name]


def _answers(context: Context) -> dict[str, ProbeAnswer]:
    services = [service for service in context.services if service.app and locate(module_of(service), context.root)]
    paths = {service.name: [service.health.path, VERSION, LIVEZ] for service in services}
    asked = [
        ProbeRequest(each.name, each.app, environ(context, each), paths[each.name], PATIENCE_OF_ONE)
        for each in services
    ]
    return ask(asked, context.root)


def ask(asked: list[ProbeRequest], root: Path) -> dict[str, ProbeAnswer]:
    """Return what each answered. One that ends or stops the process is told of, and the others are asked in another."""
    found: dict[str, ProbeAnswer] = {}
    end = time.monotonic() + LONGEST
    while len(found) < len(asked):
        rest = [each for each in asked if each.name not in found]
        if time.monotonic() > end:
            return found | {
                each.name: ProbeAnswer(each.name, "it was not asked: the others took too long") for each in rest
            }
        with _probing(rest, root) as lines:
            for line in lines:
                answer = msgspec.json.decode(line, type=ProbeAnswer)
                found[answer.name] = answer
            why = lines.why
        lost = next((each for each in rest if each.name not in found), None)
        if lost is not None:
            found[lost.name] = ProbeAnswer(lost.name, why)
    return found


class _Lines:
    """The lines that a process writes, each within its time; `why` tells at the end why there are no more."""

    def __init__(self, running: "subprocess.Popen[bytes]") -> None:
        assert running.stdout
        self.why = ""
        self._running, self._output = running, running.stdout
        self._rest = b""

    def __iter__(self) -> Iterator[bytes]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            until = time.monotonic() + PATIENCE
            while selector.select(max(until - time.monotonic(), 0)):
                content = os.read(self._output.fileno(), 1 << 16)
                if not content:
                    self.why = f"it ended its process with {self._running.wait()}"
                    return
                *lines, self._rest = (self._rest + content).split(b"\n")
                until = time.monotonic() + PATIENCE if lines else until
                yield from lines
        self.why = f"it was not done within {PATIENCE:g} s"


@contextmanager
def _probing(asked: list[ProbeRequest], root: Path) -> Iterator[_Lines]:
    running = subprocess.Popen(
        module_command("stead.check.probe"),
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert running.stdin and running.stdout
    try:
        with running.stdin:
            running.stdin.write(msgspec.json.encode(asked))
        yield _Lines(running)
    finally:
        running.stdout.close()
        _end(running)


def _end(running: "subprocess.Popen[bytes]") -> None:
    """End a process with all that it has started."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        running.wait()
