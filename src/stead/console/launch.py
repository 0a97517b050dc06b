"""The console as `stead up` starts it: a socket that listens before anything runs, and a process that ends with it.

The socket is opened here, so that the processes can be told where to send their spans before they start; what they
send waits in it until the console's process, which comes up beside them at a low priority, takes it. Whatever goes
wrong with the console is a remark of the run and nothing else.
"""

import asyncio
import json
import secrets
import socket
import subprocess
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Protocol

from stead.console.address import FILE, Address
from stead.console.config import RUNS, Graph, Limits, Start, written
from stead.console.description import graph
from stead.console.log_reader import offsets
from stead.kit.cleanup import finish
from stead.model.gateway import TRACES
from stead.model.interpreter import module_command
from stead.model.problem import SteadError
from stead.run.port import HOST, Ports
from stead.run.process_specs import ProcessSpecs
from stead.run.state_directory import Folder
from stead.run.status import Board

LOG = "console.log"
END = 2.0  # seconds for the last rows to be written
BACKLOG = 512
GONE = "the console has ended; the backend goes on without it (.stead/logs/console.log)"


class Run(Protocol):
    """What the console is told of a run, and tells it."""

    board: Board
    plans: ProcessSpecs
    folder: Folder
    remarks: list[str]
    collector: str
    console: str


class ConsoleProcess:
    """The console's socket and addresses, then its process; `attend` lives as long as the run."""

    def __init__(self, listener: socket.socket, token: str, log_offsets: dict[str, int], runs: int) -> None:
        self._listener = listener
        self._token, self._spans = token, secrets.token_urlsafe(16)
        self._offsets, self._limits = log_offsets, Limits(runs=runs)
        self._started = time.time()
        self.port: int = listener.getsockname()[1]
        self._number = listener.fileno()  # the same number in the process that inherits it

    @classmethod
    def open(cls, run: Run, runs: int = RUNS) -> "ConsoleProcess | None":
        """Listen, and tell the run; None, with a remark, when that cannot be done. `runs`: how many are kept."""
        try:
            before = Address.read(run.folder)
            token = before.token if before else secrets.token_urlsafe(16)
            made = cls(_listen(before), token, offsets(run.folder.logs), runs)
            run.folder.write_private(FILE, json.dumps({"port": made.port, "token": made._token}))
        except (OSError, SteadError) as error:
            run.remarks.append(f"there is no console: {error}")
            return None
        run.collector = f"http://{HOST}:{made.port}/otlp/{made._spans}"
        run.console = f"http://{HOST}:{made.port}"
        return made

    def close(self) -> None:
        self._listener.close()

    async def attend(self, run: Run) -> None:
        """Run the console until cancelled; say it once when it ends before."""
        try:
            process = await self._start(run.folder)
        except OSError as error:
            run.remarks.append(f"there is no console: {error}")
            return
        finally:
            self.close()
        sending = asyncio.create_task(self._tell(process, run))
        reading = asyncio.create_task(_read_remarks(process, run))
        try:
            await process.wait()
            _remark(run, GONE)
        finally:
            sending.cancel()
            await finish(_end(process))
            await finish(asyncio.wait({sending, reading}))

    async def _start(self, folder: Folder) -> Process:
        with (folder.logs / LOG).open("wb") as log:
            return await asyncio.create_subprocess_exec(
                *module_command("stead.console"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                pass_fds=(self._number,),
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
                cwd=folder.path,
            )

    async def _tell(self, process: Process, run: Run) -> None:
        """Tell the console what it shows, and again whenever the description has changed."""
        plans = run.plans
        assert process.stdin
        with suppress(ConnectionError):  # whoever waits for it sees its end
            process.stdin.write(written(self._begin(run)))
            while True:
                await process.stdin.drain()
                await run.board.changed()
                if run.plans is not plans:
                    plans = run.plans
                    process.stdin.write(written(graph(plans)))

    def _begin(self, run: Run) -> Start:
        plans = run.plans
        gateway = plans.backend.gateway
        given = plans.settings.given.get(gateway.name, ()) if gateway else ()
        return Start(
            backend=plans.backend.name,
            environment=plans.environment.name,
            version=plans.resolver.version,
            description=str(run.folder.description),
            started=self._started,
            socket=self._number,
            token=self._token,
            spans=self._spans,
            offsets=self._offsets,
            graph=graph(plans),
            story=run.folder.description.with_name("story.py").exists(),
            limits=self._limits,
            traced=not any(each.setting.name == TRACES.name and each.text for each in given),
        )


def serve_earlier_runs(folder: Folder) -> tuple["subprocess.Popen[bytes]", Address]:
    """Serve the runs that are kept while none goes on; ends with the process's input, which the caller holds."""
    with socket.create_server((HOST, 0), backlog=BACKLOG) as listener, (folder.logs / LOG).open("wb") as log:
        address = Address(listener.getsockname()[1], secrets.token_urlsafe(16))
        start = Start(
            backend="",
            environment="",
            version="",
            description=str(folder.description),
            started=time.time(),
            socket=listener.fileno(),
            token=address.token,
            spans=secrets.token_urlsafe(16),
            offsets={},
            graph=Graph(),
            live=False,
            niceness=0,
        )
        command, pipe = module_command("stead.console"), subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=log, stderr=log, pass_fds=(listener.fileno(),))
    assert process.stdin
    process.stdin.write(written(start))
    process.stdin.flush()
    return process, address


def _listen(before: Address | None) -> socket.socket:
    """Listen where the last run's console did, so that a tab goes on; elsewhere when that is taken."""
    if before is not None:
        with suppress(OSError):
            return socket.create_server((HOST, before.port), backlog=BACKLOG)
    return socket.create_server((HOST, Ports().free()), backlog=BACKLOG)


async def _read_remarks(process: Process, run: Run) -> None:
    assert process.stdout
    async for line in process.stdout:
        _remark(run, line.decode(errors="replace").strip())


def _remark(run: Run, text: str) -> None:
    if text not in run.remarks:
        run.remarks.append(text)
        run.board.notify()


async def _end(process: Process) -> None:
    """Close its input, which asks it to end; kill it when it does not."""
    if process.stdin:
        process.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(END):
            await process.wait()
    if process.returncode is None:
        process.kill()
        await process.wait()
