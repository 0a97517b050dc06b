"""The supervisor: everything of one backend, started at once, watched, and stopped in order."""

import asyncio
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.model import Backend
from stead.run.control import Control
from stead.run.error import RunError
from stead.run.folder import Folder, Run
from stead.run.journal import Journal, Redaction
from stead.run.nursery.link import Nursery
from stead.run.nursery.spawn import Spawned, spawn
from stead.run.plans import Plans
from stead.run.status import Board, Status
from stead.run.unit import Plan, Unit

ORDER = ("gateway", "keeper", "service", "job", "resource")  # who is stopped first
STOPPED = (("gateway",), ("keeper", "service", "job"), ("resource",))
QUICK = 0.3  # seconds that each gets when the person asks a second time


@dataclass(frozen=True)
class Options:
    """What a person chose for this run. `port`: the gateway's; 0 is any free one."""

    environment: str = "dev"
    port: int = 8080
    reload: bool = False


class Supervisor:
    """Runs one backend. `prepare()` reads and refuses, `run()` starts and lives, `ask_stop()` ends it."""

    def __init__(self, description: Path, options: Options) -> None:
        self.options = options
        self.folder = Folder(description)
        self.board = Board()
        self.units: dict[str, Unit] = {}
        self.redact = Redaction()
        self.problem = ""
        self._asked = asyncio.Event()
        self._hard = asyncio.Event()

    def open(self, spawned: Spawned) -> None:
        """Take the lock; the nursery loads libraries while the description is read."""
        self.folder.make()
        self._lock = self.folder.lock()
        self.nurseries = [self._with_log(Nursery(spawned))]

    def plan(self, backend: Backend) -> None:
        """Decide everything that can be decided before anything runs; SteadError with all that is missing."""
        self.backend = backend
        self.plans = Plans(backend, self.folder, self.board, self.options.environment, self.options.port)
        self.redact.add(self.plans.secrets_given())
        self.nurseries[0].preload(self.plans.modules(), complete=True)
        self.url = self.plans.url

    async def run(self) -> None:
        """Run everything until `ask_stop()`, then end everything."""
        socket = self.folder.socket()
        await self.nurseries[0].listen()
        async with Control(self, socket):
            name = self.backend.name
            run = Run(os.getpid(), name, self.options.environment, self.url, str(socket))
            self.folder.announce(run)
            self.nurseries[0].tell({"do": "remove", "files": [str(file) for file in self.folder.signs()]})
            for plan in self.plans.all():
                self._begin(plan)
            self.board.all_there()
            watching = asyncio.create_task(self._watch_files())
            await self._until_stopped()
            watching.cancel()
            await asyncio.wait({watching})
            await self._stop_all()
        self.close()

    def close(self) -> None:
        """Give everything back; also where `run()` was never reached."""
        for unit in self.units.values():
            unit.journal.close()
        for nursery in self.nurseries:
            nursery.end()
        self.folder.run_file.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(self._lock)

    def ask_stop(self) -> None:
        """Stop in order; asked a second time, at once."""
        if self._asked.is_set():
            self._hard.set()
        self._asked.set()

    async def restart(self, names: Collection[str]) -> None:
        """Start again those of these that run here."""
        await asyncio.gather(*(unit.restart() for name, unit in self.units.items() if name in names))

    def unit(self, name: str) -> Unit:
        """Return the process of that name; RunError with those that there are."""
        try:
            return self.units[name]
        except KeyError:
            raise RunError(f"there is no {name!r} here; there are {', '.join(sorted(self.units))}") from None

    def state(self) -> dict[str, Any]:
        """Return all that is known, for whoever shows it."""
        return {
            "backend": self.backend.name,
            "environment": self.options.environment,
            "version": self.plans.resolver.version,
            "url": self.url,
            "addresses": self.plans.addresses(),
            "path": self.folder.shown,
            "try": self.plans.first_try(),
            "story": self.folder.description.with_name("story.py").exists(),
            "settled": self.board.all_settled,
            "well": self.board.well,
            "stopping": self.board.stopping,
            "processes": self.board.snapshot(),
        }

    async def renew(self) -> None:
        """Load the libraries and the kit anew, and start everything in Python from there.

        What is not in Python goes on running where it was started: in the first nursery, which stays.
        """
        fresh = self._with_log(Nursery(spawn()))
        fresh.preload(self.plans.modules(), complete=True)
        await fresh.listen()
        self.nurseries.append(fresh)
        python = {service.name for service in self.backend.services if service.app}
        chosen = [unit for unit in self.units.values() if unit.plan.kind == "keeper" or unit.plan.name in python]
        await asyncio.gather(*(unit.stop() for unit in chosen))
        for unit in chosen:
            unit.nursery = fresh
            unit.begin()
        while len(self.nurseries) > 2:
            await self.nurseries.pop(1).close()

    def _with_log(self, nursery: Nursery) -> Nursery:
        nursery.keep(self._nursery_log, self._lock)
        nursery.on_trouble = self._note
        return nursery

    def _note(self, text: str) -> None:
        with self._nursery_log.open("a") as log:
            log.write(text + "\n")

    @property
    def _nursery_log(self) -> Path:
        return self.folder.logs / "nursery.log"

    def _begin(self, plan: Plan) -> None:
        status = self.board.statuses.get(plan.name) or self.board.add(Status(plan.name, plan.kind))
        journal = Journal(self.folder.logs / f"{plan.name}.log", self.redact)
        unit = self.units[plan.name] = Unit(plan, status, self.board, self.nurseries[0], journal)
        unit.begin()

    async def _watch_files(self) -> None:
        if self.options.reload:
            from stead.run.reload import Reload

            await Reload(self.backend, self.folder.description, self.restart, self.renew).watch()

    async def _until_stopped(self) -> None:
        asked = asyncio.create_task(self._asked.wait())
        gone = asyncio.create_task(self.nurseries[0].gone.wait())
        await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (asked, gone):
            task.cancel()
        if self.nurseries[0].gone.is_set():
            self.problem = f"the process that starts the others was killed; its log is {self._nursery_log}"
            self._hard.set()

    async def _stop_all(self) -> None:
        """The gateway first, so that nothing comes in; what the services stand on last."""
        self.board.stop()
        hurry = asyncio.create_task(self._hurry())
        for kinds in STOPPED:
            chosen = [unit for unit in self.units.values() if unit.plan.kind in kinds]
            await asyncio.gather(*(unit.stop(QUICK if self._hard.is_set() else None) for unit in chosen))
        hurry.cancel()
        await self.plans.close()
        for nursery in self.nurseries:
            await nursery.close()

    async def _hurry(self) -> None:
        await self._hard.wait()
        for unit in self.units.values():
            unit.kill()

    def named(self, names: Sequence[str]) -> list[Unit]:
        """Return the processes of these names, or all."""
        return [self.unit(name) for name in names] if names else list(self.units.values())
