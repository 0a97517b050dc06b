"""The items of a backup: every database and every bucket of a backend, each once, also when services share it.

Redis is left out, with a note: services store caches and sessions there, which can be created again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stead.model import Backend, Environment, Gateway, Job, Resource, Service
from stead.model.resource_name import part_name
from stead.model.service import AnyService
from stead.ops.backup.error import BackupError

Kind = Literal["postgres", "bucket"]
FILES = {"postgres": "dump.gz", "bucket": "tar.gz"}
REDIS = "Redis is not backed up: services create its data again"


@dataclass(frozen=True)
class BackupItem:
    """One database or bucket.

    name        names its archive: the service's; with a suffix for a bucket, and for a second database
    users       every process that needs it, its owner first
    setting     in which they find it
    database    its name on its server; empty for a bucket
    invariants  `module:function` that goes through its data, if a service names one
    """

    name: str
    kind: Kind
    users: tuple[str, ...]
    setting: str
    database: str = ""
    invariants: str = ""

    @property
    def owner(self) -> str:
        return self.users[0]

    @property
    def given_by(self) -> str:
        """The setting with the URL of this one part: `points-service` → `POINTS_DATABASE_URL`."""
        return f"{self.owner.removesuffix('-service').replace('-', '_').upper()}_{self.setting}"

    def file(self, *, sealed: bool) -> str:
        return f"{self.name}.{FILES[self.kind]}" + (".age" if sealed else "")


@dataclass(frozen=True)
class LeftOut:
    """An item that is not backed up, with the reason."""

    name: str
    why: str


def parts(
    backend: Backend, environment: Environment, chosen: Sequence[str] = ()
) -> tuple[list[BackupItem], list[LeftOut]]:
    """Return the items to back up, and those left out; BackupError for a name of `chosen` without an item."""
    found: dict[Resource, BackupItem] = {}
    out: list[LeftOut] = []
    for process in _there(backend, environment):
        for resource in process.resources:
            if resource.kind == "redis":
                out.append(LeftOut(process.name, REDIS))
            elif resource in found:
                found[resource] = _shared(found[resource], process)
            else:
                names = {part.name for part in found.values()}
                found[resource] = _part(backend, process, resource, names)
    out += [LeftOut(service.name, f"left out of {environment.name}") for service in environment.without]
    return list(_chosen(list(found.values()), chosen, backend.name)), [one for one in out if _is_chosen(one, chosen)]


def _there(backend: Backend, environment: Environment) -> Iterator[AnyService | Job]:
    for process in backend.processes:
        if not isinstance(process, Gateway) and process not in environment.without:
            yield process


def _part(backend: Backend, process: AnyService | Job, resource: Resource, taken: set[str]) -> BackupItem:
    kind: Kind = "bucket" if resource.kind == "bucket" else "postgres"
    name = process.name if kind == "postgres" else f"{process.name}.bucket"
    if name in taken:
        name = f"{process.name}.{resource.setting.lower().replace('_', '-')}"
    made = BackupItem(name, kind, (process.name,), resource.setting, invariants=_invariants(process, kind))
    if kind == "bucket":
        return made
    return replace(made, database=part_name(backend.name, process.name, resource))


def _shared(part: BackupItem, process: AnyService | Job) -> BackupItem:
    invariants = part.invariants or _invariants(process, part.kind)
    return replace(part, users=(*part.users, process.name), invariants=invariants)


def _invariants(process: AnyService | Job, kind: Kind) -> str:
    return process.invariants if isinstance(process, Service) and kind == "postgres" else ""


def _chosen(found: list[BackupItem], chosen: Sequence[str], backend: str) -> Iterator[BackupItem]:
    known = {name for part in found for name in (part.name, *part.users)}
    if unknown := [name for name in chosen if name not in known]:
        names = ", ".join(sorted(known)) or "none at all"
        raise BackupError(f"{backend} has no database or bucket of {', '.join(unknown)}; it has those of {names}")
    for part in found:
        if not chosen or {part.name, *part.users} & set(chosen):
            yield part


def _is_chosen(out: LeftOut, chosen: Sequence[str]) -> bool:
    return not chosen or out.name in chosen
