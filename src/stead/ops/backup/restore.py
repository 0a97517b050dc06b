"""Bring archives back: verified before anything is touched, loaded beside what is there, compared, then put in place.

What was there stays, under a name that tells when it was replaced: who restores the wrong backup has lost nothing.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from stead.ops.backup.age import Identities
from stead.ops.backup.archive_reader import opened
from stead.ops.backup.backup_run import about
from stead.ops.backup.bucket import look, put_back
from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.compare import compared, same
from stead.ops.backup.error import BackupError, KeyMismatchError, RefusedError, StageError
from stead.ops.backup.find import ArchiveMatch
from stead.ops.backup.fingerprint import facts
from stead.ops.backup.load import create, drop, load, owner_of
from stead.ops.backup.manifest import verify
from stead.ops.backup.progress import ProgressListener
from stead.ops.backup.repository import reading
from stead.ops.backup.server import Server
from stead.ops.backup.source import DatabaseLocation, Sources, exists
from stead.ops.backup.store import Store
from stead.ops.backup.swap import Swap, put_all_in_place, tables_in

LONGEST = 63  # bytes of a name in PostgreSQL


@dataclass(frozen=True)
class Request:
    """What is to be brought back.

    into     the name of a new database beside the service's own; empty for its own
    replace  what is there may be put aside
    """

    found: tuple[ArchiveMatch, ...]
    sources: Sources
    identities: Identities | None
    into: str = ""
    replace: bool = False


@dataclass(frozen=True)
class Restored:
    """One part that is back. `aside`: under which name is kept what was there before; empty when there was nothing."""

    part: str
    place: str
    aside: str
    notes: tuple[str, ...] = ()


def restore(request: Request, telling: ProgressListener) -> list[Restored]:
    """Bring everything back; BackupError with the part and what is wrong, and then nothing has been replaced."""
    with ExitStack() as held:
        for folder in {found.path.parent for found in request.found if found.manifest}:
            held.enter_context(reading(folder))
        return _restore(request, telling)


def _restore(request: Request, telling: ProgressListener) -> list[Restored]:
    for found in request.found:
        _verify(found, request.identities, telling)
        _refuse_other_environment(request, found)
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    with request.sources.databases([found.part for found in request.found]) as wheres, ExitStack() as undo:
        databases = [found for found in request.found if found.part.kind == "postgres"]
        for found in databases:
            with about(found.part.name):
                _refuse(request, wheres[found.part.name])
        ready = [_loaded(request, found, wheres[found.part.name], stamp, undo, telling) for found in databases]
        buckets = [found for found in request.found if found.part.kind == "bucket"]
        done = [_objects(request, found, stamp, telling) for found in buckets]
        return done + _placed(request, ready, stamp)


def plan(request: Request) -> Iterator[str]:
    """Say what would be done; what there is to know without the key is verified."""
    for found in request.found:
        if found.known:
            verify(found.path.parent, found.known)
        checked = "whole, as its manifest says" if found.known else "without a manifest: it cannot be verified"
        into = request.sources.planned(found.part) if found.part.kind == "postgres" else "its bucket"
        beside = f", into a new database {request.into}" if request.into else ""
        yield f"{found.part.name}: {found.path}, {checked}; into {into}{beside}"


@dataclass(frozen=True)
class _Ready:
    found: ArchiveMatch
    where: DatabaseLocation
    fresh: str
    notes: tuple[str, ...]


def _verify(found: ArchiveMatch, identities: Identities | None, telling: ProgressListener) -> None:
    """Refuse a damaged archive, and a key that does not fit, before anything else is done."""
    with about(found.part.name):
        if found.known:
            telling.begin(f"verifying {found.path.name}", found.known.size)
            verify(found.path.parent, found.known, telling.moved)
        try:
            with opened(found.path, identities):
                pass
        except KeyMismatchError as error:
            to = ", ".join(found.manifest.recipients) if found.manifest else ""
            raise KeyMismatchError(f"{error}" + (f"; it is sealed to {to}" if to else "")) from None


def _refuse_other_environment(request: Request, found: ArchiveMatch) -> None:
    here = request.sources.environment
    if found.manifest and found.manifest.environment != here and not (request.replace or request.into):
        raise RefusedError(
            f"{found.path.parent} is of {found.manifest.environment}, and this is {here}: --yes means it"
        )


def _refuse(request: Request, where: DatabaseLocation) -> None:
    there = exists(where.admin, request.into or where.database)
    if request.into:
        if there:
            raise RefusedError(f"there is a database {request.into} already: choose another name")
        return
    if there and not request.replace and (tables := tables_in(where.admin, where.database)):
        raise RefusedError(
            f"the database {where.database} is not empty: it has {tables} tables. With --yes it is put aside under "
            "another name, and the backup takes its place; --into NAME restores beside it"
        )
    if not owner_of(where.admin, where.database):
        raise RefusedError(
            f"there is neither a database nor a role {where.database} at {where.admin.shown}: what makes them for the "
            "service must have run before"
        )


def _loaded(
    request: Request,
    found: ArchiveMatch,
    where: DatabaseLocation,
    stamp: str,
    undo: ExitStack,
    telling: ProgressListener,
) -> _Ready:
    """Load an archive into a database of its own, and hold it against the manifest."""
    fresh = request.into or named(where.database, f"_restoring_{stamp}")
    telling.begin(f"restoring {found.part.name}", found.known.plain if found.known else 0)
    with about(found.part.name):
        owner = owner_of(where.admin, where.database)
        _create(where.admin, fresh, owner)
        undo.callback(drop, where.admin, fresh)  # once it is in place, there is none of that name
        load(found.path, request.identities, where.admin, fresh, owner, telling.moved)
        notes = compared(found, facts(where.admin, fresh), request.identities)
    if request.into:
        undo.pop_all()
    return _Ready(found, where, fresh, notes)


def _create(server: Server, name: str, owner: str) -> None:
    try:
        create(server, name, owner)
    except StageError as error:
        if "permission denied" not in str(error):
            raise
        raise BackupError(
            f"{error}\nName an administrator's DATABASE_URL of the same server, who may make databases"
        ) from None


def _placed(request: Request, ready: list[_Ready], stamp: str) -> list[Restored]:
    if request.into:
        return [
            Restored(one.found.part.name, f"{request.into} at {one.where.admin.shown}", "", one.notes) for one in ready
        ]
    swaps = [
        Swap(one.where.admin, one.fresh, one.where.database, named(one.where.database, f"_before_{stamp}"))
        for one in ready
    ]
    with about(", ".join(one.found.part.name for one in ready)):
        replaced = put_all_in_place(swaps)
    return [
        Restored(one.found.part.name, one.where.shown, swap.aside if old else "", one.notes)
        for one, swap, old in zip(ready, swaps, replaced, strict=True)
    ]


def _objects(request: Request, found: ArchiveMatch, stamp: str, telling: ProgressListener) -> Restored:
    name = found.part.name
    with about(name):
        if request.into:
            raise RefusedError("--into is for databases; a bucket goes back into its own")
        store = Store(BucketLocation.of_bucket(request.sources.bucket(found.part)))
        if not request.replace and next(store.names(), None) is not None:
            raise RefusedError(
                f"{store.place} is not empty. With --yes its objects are put aside below before-{stamp}/, and those of "
                "the backup take their place"
            )
        telling.begin(f"restoring {name}", found.known.plain if found.known else 0)
        with opened(found.path, request.identities) as source:
            if source.content != "tar":
                raise BackupError(f"{found.path} holds no objects of a bucket")
            back, moved = put_back(store, source, f"before-{stamp}", telling.moved)
        same(found, back, request.identities)
        same(found, look(store, but=f"before-{stamp}/"), request.identities)
    return Restored(name, str(store.place), f"before-{stamp}/" if moved else "")


def named(database: str, suffix: str) -> str:
    """Return a name that is not too long for PostgreSQL."""
    return database[: LONGEST - len(suffix)] + suffix
