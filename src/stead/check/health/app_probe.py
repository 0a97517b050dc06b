"""Ask apps for their health, in another process that may hang, end or be ended."""

import os
import selectors
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from stead.check.context import Context
from stead.check.health.probe_environment import environ
from stead.check.idle_deadline import POLL_SECONDS, IdleDeadline
from stead.check.probe import ProbeAnswer, ProbeRequest
from stead.check.source import locate, module_of
from stead.model import AnyService
from stead.model.health import LIVEZ, VERSION
from stead.model.interpreter import module_command

IDLE = 20.0  # seconds without progress that one service may take, from its import to its last answer
BUSY = 60.0  # seconds of the processor for one service
ANSWER_TIMEOUT = 5.0  # seconds for one answer
MOST = 6  # services that end or stop the process, after which the others are not asked


def answered(context: Context) -> Iterator[tuple[AnyService, ProbeAnswer]]:
    """Yield each ASGI app of the backend with what it answered. They are asked once for all rules."""
    found = context.once(_answers)
    for service in context.services:
        if service.name in found:
            yield service, found[service.name]


def _answers(context: Context) -> dict[str, ProbeAnswer]:
    apps = [service for service in context.services if service.app and module_of(service)]
    services = [service for service in apps if locate(module_of(service), context.root)]
    paths = {service.name: [service.health.path, VERSION, LIVEZ] for service in services}
    requests = [
        ProbeRequest(each.name, each.app, environ(context, each), paths[each.name], ANSWER_TIMEOUT) for each in services
    ]
    return probe_apps(requests, context.root)


def probe_apps(requests: list[ProbeRequest], root: Path) -> dict[str, ProbeAnswer]:
    """Return each answer. An app that ends or stops the process is reported, and the others are asked in another."""
    found: dict[str, ProbeAnswer] = {}
    ended = 0
    while len(found) < len(requests):
        rest = [each for each in requests if each.name not in found]
        if ended == MOST:
            why = f"it was not asked: {MOST} others did not answer"
            return found | {each.name: ProbeAnswer(each.name, why) for each in rest}
        with _probing(rest, root) as lines:
            for line in lines:
                answer = msgspec.json.decode(line, type=ProbeAnswer)
                found[answer.name] = answer
            why = lines.why
        lost = next((each for each in rest if each.name not in found), None)
        if lost is not None:
            found[lost.name] = ProbeAnswer(lost.name, why)
            ended += 1
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
            deadline = IdleDeadline(self._running.pid, idle=IDLE, busy=BUSY)
            while not self.why:
                if not selector.select(POLL_SECONDS):
                    self.why = deadline.expiry_reason()
                    continue
                content = os.read(self._output.fileno(), 1 << 16)
                if not content:
                    self.why = f"it ended its process with {self._running.wait()}"
                    return
                *lines, self._rest = (self._rest + content).split(b"\n")
                if lines:
                    deadline.renew()
                yield from lines


@contextmanager
def _probing(requests: list[ProbeRequest], root: Path) -> Iterator[_Lines]:
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
            running.stdin.write(msgspec.json.encode(requests))
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
