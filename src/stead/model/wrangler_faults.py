"""Contradictions between a hand-written wrangler configuration and the description: service bindings, and vars.

A run and a deploy bind what the description declares as calls. A binding that the file alone has is undefined in both,
and one into another environment lets a test write where customers are. The check, a run and a ship say so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stead.model.backend import Backend
from stead.model.resource_form import SECRETS
from stead.model.service import AnyService
from stead.model.source_location import SourceLocation
from stead.model.wiring import PRIVATE_KEY, binding_name
from stead.model.workers_validation import worker_name

Kind = Literal["undeclared", "other environment", "secret"]
USUAL = {"dev": "dev", "development": "dev", "test": "test", "qa": "qa", "stage": "staging", "staging": "staging",
         "preprod": "preprod", "prod": "production", "production": "production"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that was read: its file, its text, and the table in it."""

    file: Path
    text: str
    table: Mapping[str, Any]

    def sections(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the top of the file under an empty name, and each environment."""
        yield "", self.table
        environments = self.table.get("env")
        for name, section in environments.items() if isinstance(environments, Mapping) else ():
            if isinstance(section, Mapping):
                yield name, section

    def crons(self) -> Iterator[tuple[str, str]]:
        """Yield each cron trigger with the section that has it."""
        for name, section in self.sections():
            triggers = section.get("triggers")
            listed = triggers.get("crons") if isinstance(triggers, Mapping) else None
            yield from ((name, each) for each in (listed if isinstance(listed, list) else ()) if isinstance(each, str))

    def place_of(self, word: str, environment: str) -> SourceLocation:
        """Return where a word stands in the part of an environment; the first such line is close enough."""
        lines = self.text.splitlines()
        marks = (f"[env.{environment}", f"[[env.{environment}", f'"{environment}"')
        start = next((at for at, line in enumerate(lines) if environment and line.strip().startswith(marks)), 0)
        found = [number for number in range(start, len(lines)) if word in lines[number]]
        quoted = re.escape(word)
        forms = (rf"""["']?{quoted}["']?\s*[=:]""", rf"""["']{quoted}["']""", quoted)  # a key, a whole value, a part
        exact = (number for form in forms for number in found if re.search(form, lines[number]))
        number = next(exact, start)
        return SourceLocation(str(self.file), number + 1, max(lines[number].find(word), 0) + 1 if lines else 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a configuration says wrongly, in the section of an environment; the top's name is empty."""

    kind: Kind
    environment: str
    message: str
    place: SourceLocation
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}: {self.mend}"


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """A binding to another Worker.

    name     under which the code asks it
    service  as the file has it
    worker   its whole name: wrangler adds what the key `environment` of the binding says
    """

    name: str
    service: str
    worker: str


def service_bindings(section: Mapping[str, Any]) -> Iterator[ServiceBinding]:
    """Yield the service bindings of one section; what has no name, or leads nowhere, wrangler itself refuses."""
    services = section.get("services")
    for each in services if isinstance(services, list) else ():
        if not isinstance(each, Mapping):
            continue
        name, service, environment = (each.get(key) for key in ("binding", "service", "environment"))
        if isinstance(name, str) and name and isinstance(service, str) and service:
            more = f"-{environment}" if isinstance(environment, str) and environment else ""
            yield ServiceBinding(name, service, service + more)


def binding_faults(
    service: AnyService, backend: Backend, config: Configuration, names: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield the bindings of a service's Worker that no run and no deploy has.

    names  of the Workers whose configurations have a name of their own: the service, by that name
    """
    calls = {edge.callee.name: binding_name(service, edge.callee) for edge in backend.edges_of(service)}
    for environment, section in config.sections():
        for each in service_bindings(section):
            callee = callee_of(each.worker, backend, config, names)
            message, mend = _undeclared(service, each, callee, calls)
            if message:
                yield Fault("undeclared", environment, message, config.place_of(each.service, environment), mend)


def _undeclared(service: AnyService, each: ServiceBinding, callee: str, calls: Mapping[str, str]) -> tuple[str, str]:
    if not callee:
        message = f"{service.name} binds {each.name} to the Worker {each.worker}, which no description declares"
        return (
            message,
            f"describe it as a service, and its call among the calls of {service.name}; or remove the binding",
        )
    if callee == service.name:
        return "", ""
    if callee not in calls:
        message = f"{service.name} binds {each.name} to {each.worker}, but declares no call to {callee}"
        return message, f"declare it: calls=[{callee.replace('-', '_')}.may(…)]; or remove the binding"
    if each.name != calls[callee]:
        message = f"{service.name} binds {callee} as {each.name}; a run and a deploy bind it as {calls[callee]}"
        return (
            message,
            f'give the call that name: addresses={{…: "{each.name}_URL"}}; or use {calls[callee]} in the code',
        )
    return "", ""


def callee_of(worker: str, backend: Backend, config: Configuration, names: Mapping[str, str]) -> str:
    """Return the service that a Worker's name means; empty when the description has none of that name."""
    services = {each.name: each.name for each in backend.services}
    services |= {f"{backend.name}-{name}": name for name in services}
    services |= {
        worker_name(backend.name, each.name, environment.name): each.name
        for each in backend.services
        for environment in backend.environments
    }
    known = {**services, **names}
    if worker in known:
        return known[worker]
    stem, _, last = worker.rpartition("-")
    return known.get(stem, "") if last in _environments(backend, config) else ""


def environment_faults(backend: Backend | None, config: Configuration) -> Iterator[Fault]:
    """Yield the bindings of one environment to a Worker of another."""
    every = _environments(backend, config)
    described = {each.name for each in backend.services} if backend else set()
    for name, section in config.sections():
        for each in service_bindings(section) if name else ():
            there = "" if each.worker in described else _ending(each.worker, every)
            if there and USUAL.get(there, there) != USUAL.get(name, name) and not each.worker.endswith(f"-{name}"):
                message = f"the environment {name} binds {each.worker}, a Worker of another environment"
                yield Fault(
                    "other environment", name, message, config.place_of(each.service, name), f"bind the one of {name}"
                )


def _environments(backend: Backend | None, config: Configuration) -> set[str]:
    described = {each.name for each in backend.environments} if backend else set()
    return {*USUAL, *described, *(name for name, _ in config.sections() if name)}


def _ending(worker: str, environments: set[str]) -> str:
    """Return the environment at the end of a Worker's name; the longest, since one may end in another."""
    return max((each for each in environments if worker.endswith(f"-{each}")), key=len, default="")


def secret_faults(config: Configuration, secrets: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """Yield the vars that have the name of a secret, which the file requires or the description declares."""
    for name, section in config.sections():
        required = section.get("secrets")
        listed = required.get("required") if isinstance(required, Mapping) else None
        names = secrets | {each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, str)}
        given = section.get("vars")
        for var in given if isinstance(given, Mapping) else ():
            if var in names:
                message = f"{var} is a var and a required secret{f' in {name}' if name else ''}"
                yield Fault("secret", name, message, config.place_of(var, name), "remove the var")


def secrets_of(service: AnyService) -> frozenset[str]:
    """Return the names of the secrets that a service is given: declared ones, of what it needs, and its own key."""
    declared = {setting.name for setting in service.declared if setting.secret}
    of_resources = {name for resource in service.resources for name, form in resource.forms if form in SECRETS}
    return frozenset({PRIVATE_KEY.name, *declared, *of_resources})


def names_of(every: Mapping[AnyService, Configuration]) -> dict[str, str]:
    """Return the names that configurations give their Workers, with the service of each."""
    found: dict[str, str] = {}
    for service, config in every.items():
        for environment, section in config.sections():
            name = section.get("name")
            if isinstance(name, str):
                found[name] = service.name
            top = config.table.get("name")
            if environment and isinstance(top, str):
                found[f"{top}-{environment}"] = service.name
    return found
