"""Document owner: which document belongs to which service.

A service's document is in the folder of its source. Where several services start in modules of one folder, they
share what is there. Services from outside the tree, such as those of the shelf, are held by their own tests.
"""

from dataclasses import dataclass
from pathlib import Path

from stead.check.context import Context
from stead.check.facts import At
from stead.check.openapi.document import NAME, template
from stead.check.source import folder_of
from stead.model import AnyService, Route
from stead.model.health import METRICS, PATHS

OperationKey = tuple[str, str]  # the method, and the path with unnamed variables


@dataclass(frozen=True)
class Promise:
    """A folder, the services whose source it is, and where their document is or would be."""

    file: Path
    services: tuple[AnyService, ...]
    there: bool

    @property
    def name(self) -> str:
        return " and ".join(service.name for service in self.services)

    @property
    def routes(self) -> dict[OperationKey, Route]:
        return {operation_key(route): route for service in self.services for route in service.routes}


def promises(context: Context) -> tuple[Promise, ...]:
    """Return the promises of the backend's own services."""
    return context.once(_promises)


def _promises(context: Context) -> tuple[Promise, ...]:
    found: dict[Path, list[AnyService]] = {}
    for service in context.services:
        folder = folder_of(service, context.tree)
        if folder is not None and folder.is_relative_to(context.root):
            found.setdefault(folder / NAME, []).append(service)
    return tuple(Promise(file, tuple(of), file in context.tree.known) for file, of in found.items())


def documented(context: Context) -> tuple[Promise, ...]:
    """Return the promises whose document is there, and is one."""
    return tuple(each for each in promises(context) if each.there and _is_document(context, each.file))


def _is_document(context: Context, file: Path) -> bool:
    facts = context.facts(file)
    return bool(facts.operations) or not any(at.more in ("openapi", "json") for at in facts.faults)


def operations(context: Context, promise: Promise) -> dict[OperationKey, At]:
    """Return what a document offers, health and metrics left out: those every service has."""
    found = {}
    for at in context.facts(promise.file).operations:
        method, _, path = at.text.partition(" ")
        if not any(is_of_the_kit(path, service) for service in promise.services):
            found[method, template(path)] = at
    return found


def is_of_the_kit(path: str, service: AnyService) -> bool:
    """Return whether a path is one that says how a service is, and that no route declares."""
    return path in (*PATHS, METRICS, service.health.path)


def operation_key(route: Route) -> OperationKey:
    """Return what a route answers, as a document would have it."""
    return str(route.method), template(route.path)
