"""The effect of a changed description on a run: the processes to start, stop and restart."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stead.model import Gateway, Job, Service
from stead.run.process_specs import ProcessSpecs
from stead.run.resolve import ProvidedValue
from stead.run.workerd import NAME as WORKERD


@dataclass(frozen=True)
class Change:
    """The processes whose description was added, removed or changed, by their names."""

    started: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.started or self.stopped or self.restarted)

    def lines(self) -> list[str]:
        """Return the actions, a line for each kind."""
        return [f"{kind}: {', '.join(names)}" for kind, names in asdict(self).items() if names]


def change(old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    """Compare two runs by the fingerprints of their processes."""
    return Change(
        started=tuple(name for name in new if name not in old),
        stopped=tuple(name for name in old if name not in new),
        restarted=tuple(name for name in new if name in old and new[name] != old[name]),
    )


def fingerprints(plans: ProcessSpecs, names: Mapping[str, object]) -> dict[str, Any]:
    """Return, for each of these processes, all that its start depends on; a server of a run depends on nothing."""
    found = dict(_fingerprints(plans))
    return {name: found.get(name) for name in names}


def _fingerprints(plans: ProcessSpecs) -> Iterator[tuple[str, Any]]:
    processes: tuple[Service | Job, ...] = (*plans.backend.services, *plans.backend.jobs)
    for process in processes:
        if process.name in plans.settings.given:
            start = (process.command, str(process.folder), _values(plans, process.name))
            more = (
                (process.app, process.health, process.port)
                if isinstance(process, Service)
                else (process.entry, process.runs, process.every, process.cron, process.timezone)
            )
            yield process.name, (*start, *map(repr, more))
    if workerd := plans.workerd():
        settings = [_values(plans, worker.name) for worker in workerd.workers]
        yield WORKERD, (list(workerd.fingerprints()), settings)
    if proxy := plans.proxy():
        yield from proxy.fingerprints()
    if worker := plans.worker_gateway():
        yield worker.gateway.name, worker.fingerprint()
    elif plans.backend.gateway:
        yield from _gateway(plans, plans.backend.gateway)


def _gateway(plans: ProcessSpecs, gateway: Gateway) -> Iterator[tuple[str, Any]]:
    from stead.gateway.agent_plan import plan
    from stead.gateway.bootstrap import bootstrap, to_json

    edge = plans.edge(gateway)
    expected = plan(plans.backend, edge.site).to_json()
    both = (to_json(bootstrap(plans.backend, edge.site)), expected, _values(plans, gateway.name))
    yield gateway.name, both
    yield edge.agent, both


def _values(plans: ProcessSpecs, name: str) -> list[tuple[str, str | None, str]]:
    """Return the settings of a process; a resource counts by its kind, since its address is assigned later."""
    given = plans.settings.given[name]
    return [(each.setting.name, each.text, _form(each)) for each in given]


def _form(given: ProvidedValue) -> str:
    return f"{given.resource.kind} {given.form}" if given.resource else ""
