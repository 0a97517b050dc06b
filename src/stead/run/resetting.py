"""Reset the data of services while the backend runs: empty their databases, keys and buckets.

Processes that use one of them are stopped first and started afterwards, jobs before services, so that migrations run
again.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from stead.model import AnyService, Job, Resource, Service
from stead.run.error import RunError
from stead.run.process_specs import ProcessSpecs
from stead.run.supervised_process import SupervisedProcess


class Run(Protocol):
    """A run, as far as its data concern it."""

    plans: ProcessSpecs
    processes: dict[str, SupervisedProcess]


async def reset(run: Run, names: Sequence[str]) -> list[str]:
    """Erase the provisioned data of these services, or of all. RunError for external resources."""
    chosen = _chosen(run.plans, names)
    users = _users(run, chosen)
    await asyncio.gather(*(supervised.stop() for supervised in users))
    try:
        for resource in chosen:
            await _erase(run.plans, resource)
    finally:
        for supervised in users:
            supervised.begin()
    return [_line(run.plans, resource) for resource in chosen]


async def _erase(plans: ProcessSpecs, resource: Resource) -> None:
    try:
        await plans.resources.erase(resource)
    except Exception as error:  # whatever the server says is told as it is
        raise RunError(f"{_owner(plans, resource)} {resource.setting} is not reset: {error}") from error


def _chosen(plans: ProcessSpecs, names: Sequence[str]) -> list[Resource]:
    known = {process.name: process for process in plans.running() if isinstance(process, Service | Job)}
    if unknown := [name for name in names if name not in known]:
        raise RunError(
            f"{', '.join(unknown)} is not a service or job of this run; there are {', '.join(sorted(known))}"
        )
    chosen = list(dict.fromkeys(each for name in names or known for each in plans.resources.of(name)))
    for name in names:
        _refuse_others(known[name], plans)
    if not chosen:
        raise RunError(f"{', '.join(names) or 'no service'} has no data here: there is nothing to reset")
    return chosen


def _refuse_others(process: Service | Job, plans: ProcessSpecs) -> None:
    """Refuse a service with a given resource: Stead did not create it, and does not erase it."""
    made = plans.resources.of(process.name)
    for resource in process.resources:
        if resource not in made:
            raise RunError(
                f"{resource.setting} of {process.name} is set in your environment or env file, so Stead does "
                "not erase its data: reset it yourself, or remove the setting"
            )


def _users(run: Run, chosen: Sequence[Resource]) -> list[SupervisedProcess]:
    """Return the processes that use one of the resources, jobs first."""
    ordered: tuple[AnyService | Job, ...] = (*run.plans.backend.jobs, *run.plans.backend.services)
    using = [process.name for process in ordered if set(chosen) & set(run.plans.resources.of(process.name))]
    hosts = dict.fromkeys(run.plans.host_of(name) for name in using)
    return [run.processes[host] for host in hosts if host in run.processes]


def _owner(plans: ProcessSpecs, resource: Resource) -> str:
    users = (process.name for process in plans.running() if resource in plans.resources.of(process.name))
    return ", ".join(sorted(users))


def _line(plans: ProcessSpecs, resource: Resource) -> str:
    return f"{_owner(plans, resource)}: {resource.setting} is empty again"
