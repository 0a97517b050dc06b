"""A backend's description as the page shows it: who calls whom, which routes there are, which settings were given."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from stead.console.config import Call, Graph, Node, RouteAbout, SettingAbout, Users
from stead.model import AnyService, Backend, Clerk, External, Gateway, Job, Oidc, Process, Service
from stead.model.resource_name import part_name
from stead.run.process_specs import ProcessSpecs
from stead.run.resolve import ProvidedValue

PASSWORD = re.compile(r"(\w://[^/\s:@]*:)[^/\s@]+@")


def graph(plans: ProcessSpecs) -> Graph:
    """Return what a run's plans say."""
    nodes = tuple(_node(plans, process) for process in plans.backend.processes)
    return Graph(nodes, tuple(_calls(plans)), _users(plans.backend))


def _users(backend: Backend) -> Users | None:
    """Return what the first provider of the gateway asks of a token, as `stead token` does; None without one."""
    providers = backend.gateway.providers if backend.gateway else ()
    first = next((each for each in providers if isinstance(each, Clerk | Oidc)), None)
    if first is None:
        return None
    return Users(first.roles_claim, first.audience if isinstance(first, Oidc) else "")


def _calls(plans: ProcessSpecs) -> Iterator[Call]:
    found: dict[tuple[str, str], list[str]] = {}
    for edge in plans.backend.edges():
        found.setdefault((edge.caller.name, edge.callee.name), []).extend(edge.call.operations)
    for (caller, callee), operations in found.items():
        yield Call(caller, callee, tuple(dict.fromkeys(operations)))


def _node(plans: ProcessSpecs, process: Process) -> Node:
    given = plans.settings.given.get(process.name, ())
    settings = tuple(_setting(each) for each in sorted(given, key=lambda each: each.setting.name))
    needs = () if isinstance(process, Gateway) else _needs(process)
    routes = () if isinstance(process, (Gateway, Job)) else tuple(_routes(process))
    base = plans.folder.description.parent
    return Node(
        process.name,
        _kind(process),
        _about(process),
        _place(process, base),
        needs=needs,
        routes=routes,
        settings=settings,
        database=_database(plans.backend.name, process, given),
        folder=str(process.folder) if isinstance(process, Service) else "",
    )


def _needs(process: Service | Job) -> tuple[str, ...]:
    """Return the kinds of resource that a process needs, and the names of what runs elsewhere."""
    kinds = (need.name if isinstance(need, External) else need.kind for need in process.needs)
    return tuple(dict.fromkeys(kinds))


def _database(backend: str, process: Process, given: Iterable[ProvidedValue]) -> str:
    """Return the name of a process's database, when this run has made it; nothing for one that somebody named."""
    mine = [each.resource for each in given if each.resource is not None and each.resource.kind == "postgres"]
    return part_name(backend, process.name, mine[0]) if mine else ""


def _kind(process: Process) -> str:
    return "gateway" if isinstance(process, Gateway) else "job" if isinstance(process, Job) else "service"


def _about(process: Process) -> str:
    """Return what is run: an app, a command, static files."""
    if isinstance(process, Gateway):
        return "Envoy"
    if isinstance(process, Service) and process.static:
        return f"static files of {process.static}"
    command = process.command if isinstance(process.command, str) else " ".join(process.command)
    return (process.entry if isinstance(process, Job) else process.app) or command


def _place(process: Process, base: Path) -> str:
    file = Path(process.where.file)
    shown = file.relative_to(base) if file.is_relative_to(base) else file.name
    return f"{shown}:{process.where.line}"


def _routes(service: AnyService) -> Iterator[RouteAbout]:
    for route in service.routes:
        yield RouteAbout(route.method, route.path, route.access, route.operation, route.roles)


def _setting(given: ProvidedValue) -> SettingAbout:
    """A secret's value stays in the process that knows it; the password in an address is masked."""
    if given.resource is not None:
        return SettingAbout(
            given.setting.name, f"a {given.resource.kind} of this run", False, "generated", given.reason
        )
    secret = given.setting.secret
    if secret:
        return SettingAbout(given.setting.name, None if given.text else "", True, given.source, given.reason)
    text = None if given.text is None else PASSWORD.sub(r"\g<1>•••@", given.text)
    return SettingAbout(given.setting.name, text, False, given.source, given.reason)
