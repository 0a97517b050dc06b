"""The supervisor's side of the forkserver: send it orders, hear how its children end."""

import asyncio
import itertools
import json
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stead.run.forkserver import adopt, framing, mark
from stead.run.forkserver.spawn import ForkserverProcess


@dataclass(frozen=True)
class Order:
    """The start of a process: an ASGI factory, a Python function, or a command.

    arguments   of the Python function: one list, when there are any
    path        folders in which Python looks for modules first
    user, group  whom it runs as; None: as this process does
    stop, kill  the signals that ask it to end and that make it end
    last        it is ended after all that are not: the others stand on it
    """

    name: str
    environ: Mapping[str, str]
    folder: Path
    app: str = ""
    call: str = ""
    arguments: Sequence[str] = ()
    command: Sequence[str] = ()
    path: Sequence[str] = ()
    user: int | None = None
    group: int | None = None
    stop: int = signal.SIGTERM
    kill: int = signal.SIGKILL
    last: bool = False

    def message(self, number: int, marked: str) -> dict[str, Any]:
        return {"do": "start", "id": number, "mark": marked} | asdict(self) | {"folder": str(self.folder)}


class Child:
    """A process that was started; `ended` holds its exit status, negative for a signal.

    left  the ids of processes that it had started, and that went on when it ended; they were ended, too
    """

    def __init__(self, order: Order, marked: str, loop: asyncio.AbstractEventLoop) -> None:
        self.order, self.mark = order, marked
        self.left: list[int] = []
        self.pid: asyncio.Future[int] = loop.create_future()
        self.ended: asyncio.Future[int] = loop.create_future()

    def signal(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        if self.pid.done() and not self.ended.done():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid.result(), number)
                os.killpg(self.pid.result(), signal.SIGCONT)  # a stopped process reacts to no other signal

    async def stop(self, grace: float) -> int:
        """Stop the process, and kill it when it has not ended after some seconds."""
        self.signal(self.order.stop)
        await asyncio.wait({self.ended}, timeout=grace)
        self.signal(self.order.kill)
        return await self.ended

    def record(self) -> dict[str, Any]:
        """Return the data by which a forkserver can stop it after this process was killed."""
        order = self.order
        known = {"stop": order.stop, "kill": order.kill, "last": order.last}
        return {"pid": self.pid.result(), "mark": self.mark} | known


class Forkserver:
    """A forkserver that was spawned, as the supervisor sees it."""

    def __init__(self, spawned: ForkserverProcess) -> None:
        self.process = spawned.process
        self._orders, self._reports, self._sending = spawned.orders, spawned.reports, threading.Lock()
        self._numbers = itertools.count(1)
        self._children: dict[int, Child] = {}
        self._listening: asyncio.Task[None] | None = None
        self._adopting: set[asyncio.Task[None]] = set()
        self._mark = ""
        self.closing = False
        self.on_trouble: Callable[[str], None] = lambda _: None
        self.gone = asyncio.Event()

    async def listen(self) -> None:
        """Begin to hear reports; to be called once, inside the loop."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        self._transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader, loop=loop), os.fdopen(self._reports, "rb", 0)
        )
        self._listening = asyncio.create_task(self._read_reports(reader))

    def tell(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send one order from this thread; it may wait while the forkserver is busy."""
        with self._sending:
            framing.send(self._orders, message, files)

    def preload(self, modules: Sequence[str], *, complete: bool = False) -> None:
        """Load modules; the forkserver forks Python only after the last one, which `complete` marks."""
        self.tell({"do": "preload", "modules": list(modules), "all": complete})

    def keep(self, backend: str, log: Path, *files: int) -> None:
        """Let it and its processes bear a backend's mark, write to a log, and hold files open, such as the lock."""
        self._mark = backend
        with log.open("ab") as output:
            self.tell({"do": "keep", "mark": mark.new(backend)}, [output.fileno(), *files])

    def adopt(self, other: "Forkserver") -> None:
        """Let it end, when this process is killed, what another forkserver has left."""
        alive = [child for child in other._children.values() if child.pid.done()]
        self.tell({"do": "adopt", "processes": [child.record() for child in alive]})

    async def start(self, order: Order, log: int) -> Child:
        """Start a process whose output goes to the open file `log`; returns when it has a process id."""
        number = next(self._numbers)
        child = Child(order, mark.new(self._mark), asyncio.get_running_loop())
        self._children[number] = child
        try:
            await asyncio.to_thread(self.tell, order.message(number, child.mark), [log])
        except OSError:
            self._end(number, -signal.SIGKILL)
        await asyncio.wait({child.pid, child.ended}, return_when=asyncio.FIRST_COMPLETED)
        return child

    def end(self) -> None:
        """Let the forkserver stop the remaining processes and exit; wait for its end."""
        self.closing = True
        self._orders.close()
        self.process.wait()

    async def close(self) -> None:
        """Do as `end()`, inside the loop in which it was listened to."""
        await asyncio.to_thread(self.end)
        if self._listening:
            await self._listening
            await asyncio.gather(*self._adopting)
            self._transport.close()

    async def _read_reports(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self._note(json.loads(line))
        for number, child in list(self._children.items()):
            task = asyncio.create_task(self._outlive(number, child))
            self._adopting.add(task)
            task.add_done_callback(self._adopting.discard)
        self.gone.set()

    async def _outlive(self, number: int, child: Child) -> None:
        """Continue a process of a killed forkserver; one that cannot be watched is restarted."""
        if adopt.can_adopt() and child.pid.done() and not self.closing:
            status = await adopt.ended(child.pid.result(), child.mark)
        else:
            child.signal(child.order.kill)
            await asyncio.to_thread(mark.end, child.mark)
            status = -signal.SIGKILL
        self._end(number, status)

    def _note(self, report: dict[str, Any]) -> None:
        if report["event"] == "started":
            self._children[report["id"]].pid.set_result(report["pid"])
        elif report["event"] == "ended":
            self._children[report["id"]].left = report["left"]
            self._end(report["id"], report["status"])
        elif report["event"] == "trouble":
            self.on_trouble(report["text"])

    def _end(self, number: int, status: int) -> None:
        child = self._children.pop(number, None)
        if child and not child.ended.done():
            child.ended.set_result(status)
