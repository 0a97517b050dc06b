"""A secret that can be rotated, and how its newer text reaches the processes that run."""

from collections.abc import Sequence
from typing import Protocol

from stead.kit.live_setting import LOOK
from stead.model import Backend, Process, Resource
from stead.run.log_file import Redaction
from stead.run.process_specs import ProcessSpecs
from stead.run.supervised_process import SupervisedProcess

NOTICED = LOOK + 0.5  # seconds until every process has read the file again


class Run(Protocol):
    """A run, as far as its secrets concern it."""

    plans: ProcessSpecs
    processes: dict[str, SupervisedProcess]
    redact: Redaction
    backend: Backend


class Rotation(Protocol):
    """One secret that is rotated.

    name        what a person calls it
    done        what became of it
    is_rotated  whether its earlier value is beside it: a rotation was interrupted, or a partner has not moved yet
    noticed     seconds until everyone who takes the value has the one that was added
    check       raises RunError where it cannot be rotated now
    """

    @property
    def name(self) -> str: ...
    @property
    def done(self) -> str: ...
    @property
    def is_rotated(self) -> bool: ...
    @property
    def noticed(self) -> float: ...
    def check(self) -> None: ...
    async def add(self) -> None: ...
    async def move(self) -> None: ...
    async def end(self) -> None: ...


def renew(run: Run) -> None:
    """Use the new values for later starts, and mask them in logs."""
    run.plans.settings.renew()
    run.redact.add(run.plans.secrets_given())


def put(run: Run, process: str, setting: str, text: str) -> None:
    """Give a process that runs the newer text of a setting."""
    folder = run.plans.settings.rotated / process
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    run.redact.add(run.plans.secrets.all())  # before the process has it, and may write it to its log
    run.plans.folder.write_private(f"{folder.relative_to(run.plans.folder.path)}/{setting}", text)


def put_again(run: Run, setting: str, processes: Sequence[str] = ()) -> None:
    """Write the present value of a setting for every process that has it, or only for these processes."""
    run.plans.settings.renew()
    for name, each in run.plans.settings.given.items():
        for given in each:
            if given.setting.name == setting and given.text and (not processes or name in processes):
                put(run, name, setting, given.text)


def users(plans: ProcessSpecs, resource: Resource) -> list[Process]:
    """Return the processes that have the address of a resource."""
    return [
        each for each in plans.running() if any(given.resource is resource for given in plans.settings.given[each.name])
    ]
