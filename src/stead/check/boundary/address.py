"""Addresses of other services: each comes from a declared call, and each declared call is made."""

import re
from collections.abc import Iterator

from stead.check.context import Context, place
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.check.source import Runs, entry_of
from stead.model import AnyService, Edge, Problem, SourceLocation
from stead.model.host_rules import known_by_host
from stead.model.wiring import Supplied, url_setting

URL = re.compile(r"\w+_SERVICE_URL")
HOST = "//"  # before a host among the words of a file


@rule("BOUNDARY012")
def addresses_come_from_calls(context: Context) -> Iterator[Problem]:
    """A service that reads the address of another service declares a call to it.

    The call provides the address, the key that signs requests, and the permission; without it the variable is empty,
    and a request to another address is refused. Declare the call with its operations. A default in a `Settings` class
    means that the call is optional.
    """
    services = {f"{_stem(service.name)}_SERVICE_URL": service for service in context.services}
    for process in context.runs:
        known = context.wired[process.name]
        for path in context.sources[process.name]:
            for at in context.facts(path).reads if path in context.tree.known else ():
                if URL.fullmatch(at.text) and at.text not in known:
                    yield _undeclared(process, at.text, services.get(at.text), place(path, at))
        for setting in process.declared:
            callee = services.get(setting.name)
            unmet = setting.required and isinstance(known[setting.name].value, Supplied)
            if unmet and callee is not None and callee is not process:
                yield _undeclared(process, setting.name, callee, declared_at(context, process, setting.name))


def _stem(name: str) -> str:
    return name.removesuffix("-service").replace("-", "_").upper()


def _undeclared(process: Runs, name: str, callee: AnyService | None, where: SourceLocation) -> Problem:
    if callee is None:
        message = f"{process.name} reads {name}, the address of a service that the backend does not have"
        mend = f'add the service and the call; for one outside the backend, add Setting("{name}")'
        return Problem("BOUNDARY012", message, where, mend, process.where)
    operations = ", ".join(f'"{operation}"' for operation in sorted(callee.operations))
    message = f"{process.name} reads {name}, but declares no call to {callee.name}"
    mend = f"add {callee.name}.may({operations}) to the calls of {process.name}, with what it needs of these"
    return Problem("BOUNDARY012", message, where, mend, process.where)


@rule("BOUNDARY013", severity="warning")
def calls_are_made(context: Context) -> Iterator[Problem]:
    """A declared call is used: the caller's source uses the callee's address or its client.

    A call is a permission. An unused one is an open path for an attacker, a wrong arrow in every picture, and a service
    that must start before this one. Remove the call, or use it. A gateway's calls and those of images are not visible
    in a source, so the rule skips them.
    """
    if context.backend is None:
        return
    for process in context.runs:
        if context.sources[process.name]:
            made, hosts = _made(context, process), known_by_host(context.backend, process)
            for edge in (each for each in context.backend.edges_of(process) if each.callee not in hosts):
                name = url_setting(process, edge.callee).name
                if name not in made and not _imports_client(edge, made) and not _is_mentioned(context, process, name):
                    message = f"{process.name} declares a call to {edge.callee.name}, but its source never makes it"
                    mend = f"remove the call, or use {name}"
                    sure = bool(entry_of(process))  # what a library of another language reads by itself is not seen
                    yield Problem("BOUNDARY013", message, edge.call.where, mend, process.where, sure)


def _made(context: Context, process: Runs) -> set[str]:
    """Return the words and the imported modules of a process's source."""
    found: set[str] = set()
    for path in context.sources[process.name]:
        facts = context.facts(path)
        found.update(facts.words, (at.text for at in facts.reads), (at.text for at in facts.imports))
    return found


def _imports_client(edge: Edge, made: set[str]) -> bool:
    package = edge.callee.app.partition(":")[0].rpartition(".")[0]
    return bool(package) and f"{package}.contract" in made


def _is_mentioned(context: Context, process: Runs, name: str) -> bool:
    """Look in every file of the process, of whatever kind: a configuration may hand the address on."""
    folder = context.folders[process.name]
    paths = context.tree.below(folder) if folder else ()
    return any(path.suffix != ".py" and name in (context.tree.text(path) or "") for path in paths)


@rule("BOUNDARY022", severity="warning")
def addresses_are_not_written_down(context: Context) -> Iterator[Problem]:
    """The code contains no fixed address of another service.

    `http://stock:8080` is valid in one Compose file only. On a laptop, in Kubernetes and in a test the address differs,
    and the dependency is not visible in the description. Declare the call, and read the callee's `…_SERVICE_URL`.
    """
    names = {service.name for service in context.services}
    for process in context.runs:
        others = names - {process.name}
        for path in context.sources[process.name]:
            hosts = {word.removeprefix(HOST) for word in context.facts(path).words if word.startswith(HOST)}
            text = (context.tree.text(path) or "") if hosts & others and path in context.tree.known else ""
            for name in sorted(hosts & others) if text else ():
                message = f"{process.name} has the address of {name} written in its code"
                mend = f"read {_stem(name)}_SERVICE_URL, which a declared call provides"
                yield Problem("BOUNDARY022", message, _found(str(path), text, name), mend, process.where)


def _found(file: str, text: str, name: str) -> SourceLocation:
    """Return where an address of a host stands, in quotes: a comment has none."""
    found = re.search(rf"""["'`]https?://{re.escape(name)}\b""", text)
    position = found.start() + 1 if found else 0
    return SourceLocation(file, text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


RULES = (addresses_come_from_calls, calls_are_made, addresses_are_not_written_down)
