"""Apply a changed description to a run: only what differs is touched, and a broken one touches nothing."""

import asyncio
from typing import Protocol

from stead.model import Backend, SteadError
from stead.run.change import Change, change, fingerprints
from stead.run.description import Description
from stead.run.error import RunError
from stead.run.log_file import Redaction
from stead.run.process_specs import ProcessSpecs
from stead.run.state_directory import Folder
from stead.run.status import Board
from stead.run.supervised_process import ProcessSpec, SupervisedProcess


class Run(Protocol):
    """A run, as far as a changed description concerns it."""

    plans: ProcessSpecs
    processes: dict[str, SupervisedProcess]
    board: Board
    description: Description
    backend: Backend
    folder: Folder
    redact: Redaction
    trouble: str

    @property
    def environment(self) -> str: ...
    @property
    def port(self) -> int | None: ...
    def adopt(self, made: ProcessSpecs) -> None: ...
    def begin(self, plan: ProcessSpec) -> None: ...


async def apply(supervisor: Run) -> Change:
    """Read the description again and carry out the difference; SteadError, and no change, when it cannot be used."""
    old = fingerprints(supervisor.plans, supervisor.processes)
    supervisor.description.note()  # a broken description was read, too: it is reported as broken, not as changed
    try:
        backend = await asyncio.to_thread(supervisor.description.read)
        if backend.name != supervisor.backend.name:
            raise RunError(f"the backend is called {backend.name} now: stead down, then stead up, for another name")
        environment, port, previous = supervisor.environment, supervisor.port, supervisor.plans
        made = ProcessSpecs(backend, supervisor.folder, supervisor.board, environment, port, previous)
    except SteadError as error:
        supervisor.trouble = f"the description has an error, so the earlier one stays in use:\n{error}"
        raise
    finally:
        supervisor.description.note()
    supervisor.trouble = ""
    return await _carry_out(supervisor, made, old)


async def _carry_out(supervisor: Run, made: ProcessSpecs, old: dict[str, object]) -> Change:
    processes, board = supervisor.processes, supervisor.board
    supervisor.redact.add(made.secrets_given())
    plans = {plan.name: plan for plan in made.all()}
    found = change(old, fingerprints(made, plans))
    await asyncio.gather(*(processes[name].stop() for name in (*found.stopped, *found.restarted)))
    for name in found.stopped:
        gone = processes.pop(name)
        gone.process_log.close()
        if board.statuses[name] is gone.status:
            board.remove(name)
    for name in [name for name in board.statuses if name not in plans and not made.accounts_for(name)]:
        board.remove(name)
    supervisor.adopt(made)
    for name in found.started:
        supervisor.begin(plans[name])
    for name, supervised in processes.items():
        supervised.plan = plans[name]
    for name in found.restarted:
        processes[name].begin()
    return found
