"""The supervisor: everything of one backend, started at once, watched, and stopped in order."""

import asyncio
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from stead.model import Backend, SteadError
from stead.run.change import Change
from stead.run.control import Control
from stead.run.description import Description
from stead.run.error import RunError
from stead.run.forkserver import mark
from stead.run.forkserver.client import Forkserver
from stead.run.forkserver.spawn import ForkserverProcess, spawn
from stead.run.log_file import LogFile, Redaction
from stead.run.options import Options
from stead.run.process_specs import ProcessSpecs
from stead.run.run_state import state
from stead.run.state_directory import Folder, Run
from stead.run.status import Board, Status
from stead.run.supervised_process import ProcessSpec, SupervisedProcess

ORDER = ("gateway", "agent", "service", "job", "proxy", "resource")  # the order in which processes are stopped
STOPPED = (("gateway",), ("agent", "service", "job"), ("proxy",), ("resource",))
GRACE = 2.0  # seconds to end what an earlier run has left
MAX_DEATHS, WITHIN = 5, 60.0  # so many deaths of the forkserver within so many seconds are no accident
QUICK = 0.3  # seconds that each gets when the person asks a second time


class Supervisor:
    """Runs one backend. `prepare()` reads and refuses, `run()` starts and lives, `ask_stop()` ends it."""

    def __init__(self, description: Path, options: Options) -> None:
        self.options = options
        self.folder = Folder(description)
        self.board = Board()
        self.processes: dict[str, SupervisedProcess] = {}
        self.redact = Redaction()
        self.problem = self.trouble = ""
        self.collector = ""  # where spans are sent, unless the description's settings say otherwise
        self.console = ""  # the address of the web page
        self.remarks: list[str] = []  # of the console, for anyone who looks at the run
        self.description = Description(description, description.with_name(f".env.{options.environment}"))
        self._applying = asyncio.Lock()
        self._dead: list[Forkserver] = []  # that were killed; what they started may live
        self._guards: set[asyncio.Task[None]] = set()
        self._asked = asyncio.Event()
        self._hard = asyncio.Event()

    @property
    def environment(self) -> str:
        return self.options.environment

    @property
    def port(self) -> int | None:
        return self.options.port

    def open(self, spawned: ForkserverProcess) -> None:
        """Take the lock; the forkserver loads libraries while the description is read."""
        self.folder.make()
        self._lock = self.folder.lock()
        mark.end(self.folder.mark, GRACE)  # the rest of a run that was killed, and its forkserver with it
        self.forkservers = [self._with_log(Forkserver(spawned))]

    def plan(self, backend: Backend) -> None:
        """Decide everything that can be decided before anything runs; SteadError with all that is missing."""
        options = self.options
        self.plans = ProcessSpecs(
            backend,
            self.folder,
            self.board,
            options.environment,
            options.port,
            collector=self.collector,
            selection=options.selection,
            worker_files=options.worker_files,
        )
        self.backend = self.plans.backend
        self.redact.add(self.plans.secrets_given())
        self.forkservers[0].preload(self.plans.modules(), complete=True)
        self.url = self.plans.url
        self.description.note()

    def adopt(self, plans: ProcessSpecs) -> None:
        """Switch to another plan."""
        self.plans, self.backend, self.url = plans, plans.backend, plans.url

    async def apply(self) -> Change:
        """Apply the changes of the description; SteadError, without any change, when it has an error."""
        from stead.run.applying import apply

        async with self._applying:
            return await apply(self)

    async def rotate(self, names: Sequence[str]) -> list[str]:
        """Rotate secrets during the run; return a line for each. RunError, without any change, when one cannot be
        rotated.
        """
        from stead.run.rotation import rotate

        async with self._applying:
            return await rotate(self, names)

    async def end_rotated(self, names: Sequence[str]) -> list[str]:
        """End the earlier values of secrets that others hold; return a line for each."""
        from stead.run.rotation import end

        async with self._applying:
            return await end(self, names)

    async def reset(self, names: Sequence[str]) -> list[str]:
        """Erase the data of the named services, or of all; return a line for each resource."""
        from stead.run.resetting import reset

        async with self._applying:
            return await reset(self, names)

    async def run(self) -> None:
        """Run everything until `ask_stop()`, then end everything."""
        socket = self.folder.socket()
        mark.take_orphans()
        await self.forkservers[0].listen()
        async with Control(self, socket):
            name = self.backend.name
            run = Run(os.getpid(), name, self.options.environment, self.url, str(socket))
            self.folder.announce(run)
            self._remove_marker_files(self.forkservers[0])
            self._guard(self.forkservers[0])
            for plan in self.plans.all():
                self.begin(plan)
            self.board.all_there()
            watching = asyncio.create_task(self._watch_files())
            await self._until_stopped()
            watching.cancel()
            await asyncio.wait({watching})
            await self._unguard()
            await self._stop_all()
        self.close()

    def close(self) -> None:
        """Give everything back; also where `run()` was never reached."""
        for supervised in self.processes.values():
            supervised.process_log.close()
        for forkserver in self.forkservers:
            forkserver.end()
        mark.end(self.folder.mark)
        self.folder.run_file.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(self._lock)

    def ask_stop(self) -> None:
        """Stop in order; a second call stops immediately."""
        if self._asked.is_set():
            self._hard.set()
        self._asked.set()

    async def restart(self, names: Collection[str]) -> None:
        """Start again those of these that run here."""
        hosts = {self.plans.host_of(name) for name in names}
        await asyncio.gather(*(supervised.restart() for name, supervised in self.processes.items() if name in hosts))

    def supervised(self, name: str) -> SupervisedProcess:
        """Return the process of that name; RunError with those that there are."""
        try:
            return self.processes[self.plans.host_of(name)]
        except KeyError:
            raise RunError(f"there is no {name!r} here; there are {', '.join(sorted(self.processes))}") from None

    def state(self) -> dict[str, Any]:
        """Return the state of the run, for display."""
        return state(self)

    def environment_of(self, name: str) -> tuple[dict[str, str], Path]:
        """Return the environment and the folder of a service or job; RunError while a resource of it is not ready."""
        return self.plans.start_of(name)

    async def renew(self) -> None:
        """Load the libraries and the kit again, and start everything in Python from there.

        What is not in Python goes on running where it was started: in the first forkserver, which stays.
        """
        fresh = self._with_log(Forkserver(spawn()))
        fresh.preload(self.plans.modules(), complete=True)
        await fresh.listen()
        self.forkservers.append(fresh)
        self._guard(fresh)
        python = {service.name for service in self.backend.services if service.app}
        chosen = [
            supervised
            for supervised in self.processes.values()
            if supervised.plan.kind == "agent" or supervised.plan.name in python
        ]
        await asyncio.gather(*(supervised.stop() for supervised in chosen))
        for supervised in chosen:
            supervised.forkserver = fresh
            supervised.begin()
        while len(self.forkservers) > 2:
            await self.forkservers.pop(1).close()

    def _with_log(self, forkserver: Forkserver) -> Forkserver:
        forkserver.keep(self.folder.mark, self._forkserver_log, self._lock)
        forkserver.on_trouble = self._note
        return forkserver

    def _note(self, text: str) -> None:
        with self._forkserver_log.open("a") as log:
            log.write(text + "\n")

    @property
    def _forkserver_log(self) -> Path:
        return self.folder.logs / "forkserver.log"

    def begin(self, plan: ProcessSpec) -> None:
        status = self.board.statuses.get(plan.name) or self.board.add(Status(plan.name, plan.kind))
        process_log = LogFile(self.folder.logs / f"{plan.name}.log", self.redact)
        supervised = self.processes[plan.name] = SupervisedProcess(
            plan, status, self.board, self.forkservers[0], process_log
        )
        supervised.begin()

    async def _watch_files(self) -> None:
        from stead.run.reload import Reload

        while self.options.reload:
            reload = Reload(self.backend, self.description, self.restart, self.renew)
            changed = await reload.watch()
            with suppress(SteadError):  # the state shows it
                done = await self.apply()
                await reload.restart(changed, (*done.started, *done.restarted, *done.stopped))
            self.board.notify()

    async def _until_stopped(self) -> None:
        await self._asked.wait()

    def _remove_marker_files(self, forkserver: Forkserver) -> None:
        forkserver.tell({"do": "remove", "files": [str(file) for file in self.folder.marker_files()]})

    def _guard(self, forkserver: Forkserver) -> None:
        self._guards.add(asyncio.create_task(self._start_again(forkserver)))

    async def _unguard(self) -> None:
        for task in self._guards:
            task.cancel()
        await asyncio.gather(*self._guards, return_exceptions=True)

    async def _start_again(self, forkserver: Forkserver) -> None:
        """Restart the forkserver whenever it dies; its processes continue under the new one."""
        deaths: list[float] = []
        while True:
            await forkserver.gone.wait()
            if forkserver.closing:
                return
            deaths = [at for at in deaths if monotonic() - at < WITHIN] + [monotonic()]
            if len(deaths) > MAX_DEATHS:
                self.problem = f"the forkserver fails repeatedly; read {self._forkserver_log}"
                self._hard.set()
                self._asked.set()
                return
            self._note("the forkserver was killed; it is restarted")
            forkserver = await self._successor(forkserver)

    async def _successor(self, dead: Forkserver) -> Forkserver:
        fresh = self._with_log(Forkserver(spawn()))
        fresh.preload(self.plans.modules(), complete=True)
        for each in [*self._dead, dead]:
            fresh.adopt(each)
        if dead is self.forkservers[0]:
            self._remove_marker_files(fresh)
        await fresh.listen()
        self.forkservers[self.forkservers.index(dead)] = fresh
        self._dead.append(dead)
        await asyncio.to_thread(dead.process.wait)
        for supervised in self.processes.values():
            if supervised.forkserver is dead:
                supervised.forkserver = fresh
        return fresh

    async def _stop_all(self) -> None:
        """Return the order of the stop: the gateway first, so that no request arrives; the servers last."""
        self.board.stop()
        hurry = asyncio.create_task(self._kill_on_second_signal())
        for kinds in STOPPED:
            chosen = [supervised for supervised in self.processes.values() if supervised.plan.kind in kinds]
            await asyncio.gather(*(supervised.stop(QUICK if self._hard.is_set() else None) for supervised in chosen))
        hurry.cancel()
        await self.plans.close()
        for forkserver in [*self.forkservers, *self._dead]:
            await forkserver.close()

    async def _kill_on_second_signal(self) -> None:
        await self._hard.wait()
        for supervised in self.processes.values():
            supervised.kill()

    def named(self, names: Sequence[str]) -> list[SupervisedProcess]:
        """Return the processes of these names, or all."""
        return [self.supervised(name) for name in names] if names else list(self.processes.values())
