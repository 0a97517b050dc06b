"""Restore archives: verify them, load them beside the present data, compare, then switch.

The previous data stays under a name with the time of the replacement, so that restoring the wrong backup loses nothing.
The switch is one step: writers are blocked for its duration, databases and buckets change together, a failure undoes
everything.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from stead.ops.backup.age import Identities
from stead.ops.backup.archive_reader import opened
from stead.ops.backup.backup_run import about
from stead.ops.backup.bucket import decide, look, restore_objects, undo_restore
from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.compare import compared, same
from stead.ops.backup.error import BackupError, KeyMismatchError, PipelineError, RefusedError
from stead.ops.backup.find import ArchiveMatch
from stead.ops.backup.fingerprint import facts
from stead.ops.backup.hold import Swap
from stead.ops.backup.load import create, drop, load, owner_of
from stead.ops.backup.manifest import verify
from stead.ops.backup.progress import ProgressListener
from stead.ops.backup.repository import reading
from stead.ops.backup.source import DatabaseLocation, Sources, exists
from stead.ops.backup.store import Store
from stead.ops.backup.swap import WritersBlocked, remove_unfinished, tables_in, writers_blocked

LONGEST = 63  # bytes of a name in PostgreSQL


@dataclass(frozen=True)
class Request:
    """The parameters of one restore.

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
    """One restored part. `aside`: the name of the previous data; empty when there was none."""

    part: str
    place: str
    aside: str
    notes: tuple[str, ...] = ()


def restore(request: Request, progress: ProgressListener) -> list[Restored]:
    """Restore everything; BackupError names the part and the failure, and then nothing has been replaced."""
    with ExitStack() as stack:
        for folder in {found.path.parent for found in request.found if found.manifest}:
            stack.enter_context(reading(folder))
        return _restore(request, progress)


def _restore(request: Request, progress: ProgressListener) -> list[Restored]:
    for found in request.found:
        _verify(found, request.identities, progress)
        _refuse_other_environment(request, found)
    with request.sources.databases([found.part for found in request.found]) as wheres:
        return _replaced(request, wheres, progress) if not request.into else _beside(request, wheres, progress)


def _replaced(request: Request, wheres: Mapping[str, DatabaseLocation], progress: ProgressListener) -> list[Restored]:
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    databases = [_refused(request, found, wheres) for found in request.found if found.part.kind == "postgres"]
    swaps = [_swap(where, stamp) for _, where in databases]
    buckets = [_store(request, found) for found in request.found if found.part.kind == "bucket"]
    with _writers_blocked(databases, swaps) as stack, ExitStack() as undo:
        for swap in swaps:
            remove_unfinished(swap.server, swap.fresh.removesuffix(stamp))
        notes = [
            _loaded(request, *each, swap.fresh, undo, progress) for each, swap in zip(databases, swaps, strict=True)
        ]
        done = [_objects(request, *each, f"before-{stamp}", undo, progress) for each in buckets]
        stack.switch()
        undo.pop_all()
    for _, store in buckets:
        decide(store)
    return done + [
        Restored(found.part.name, where.shown, swap.aside if swap in stack.there else "", note)
        for (found, where), swap, note in zip(databases, swaps, notes, strict=True)
    ]


@contextmanager
def _writers_blocked(
    databases: Sequence[tuple[ArchiveMatch, DatabaseLocation]], swaps: Sequence[Swap]
) -> Iterator[WritersBlocked]:
    with ExitStack() as stack:
        with about(", ".join(found.part.name for found, _ in databases)), _as_administrator():
            locks = stack.enter_context(writers_blocked(swaps))
        yield locks


def _beside(request: Request, wheres: Mapping[str, DatabaseLocation], progress: ProgressListener) -> list[Restored]:
    """Load one archive into a new database; nothing is replaced, so writers are not blocked."""
    for found in request.found:
        if found.part.kind == "bucket":
            with about(found.part.name):
                raise RefusedError("--into is for databases; a bucket is restored to itself: leave out --into")
    databases = [_refused(request, found, wheres) for found in request.found]
    with ExitStack() as undo:
        notes = [_loaded(request, *each, request.into, undo, progress) for each in databases]
        undo.pop_all()
    return [
        Restored(found.part.name, f"{request.into} at {where.admin.shown}", "", note)
        for (found, where), note in zip(databases, notes, strict=True)
    ]


def plan(request: Request) -> Iterator[str]:
    """Yield the steps, after the verification that is possible without the key."""
    for found in request.found:
        if found.known:
            verify(found.path.parent, found.known)
        checked = "complete, by its manifest" if found.known else "without a manifest: it cannot be verified"
        into = request.sources.planned(found.part) if found.part.kind == "postgres" else "its bucket"
        beside = f", into a new database {request.into}" if request.into else ""
        yield f"{found.part.name}: {found.path}, {checked}; into {into}{beside}"


def _verify(found: ArchiveMatch, identities: Identities | None, progress: ProgressListener) -> None:
    """Refuse a damaged archive and a wrong key before the first change."""
    with about(found.part.name):
        if found.known:
            progress.begin(f"verifying {found.path.name}", found.known.size)
            verify(found.path.parent, found.known, progress.moved)
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
            f"{found.path.parent} is a backup of {found.manifest.environment}, and this is {here}; to restore it "
            "anyway: --yes"
        )


def _refused(
    request: Request, found: ArchiveMatch, wheres: Mapping[str, DatabaseLocation]
) -> tuple[ArchiveMatch, DatabaseLocation]:
    """Return the target of an archive; RefusedError when it would replace data without consent."""
    where = wheres[found.part.name]
    with about(found.part.name):
        _refuse(request, where)
    return found, where


def _swap(where: DatabaseLocation, stamp: str) -> Swap:
    name = where.database
    return Swap(where.admin, named(name, f"_restoring_{stamp}"), name, named(name, f"_before_{stamp}"))


def _refuse(request: Request, where: DatabaseLocation) -> None:
    there = exists(where.admin, request.into or where.database)
    if request.into:
        if there:
            raise RefusedError(f"the database {request.into} exists already: choose another name")
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
    fresh: str,
    undo: ExitStack,
    progress: ProgressListener,
) -> tuple[str, ...]:
    """Load an archive into a new database, and compare it with the manifest; return notes for the report."""
    progress.begin(f"restoring {found.part.name}", found.known.plain if found.known else 0)
    with about(found.part.name):
        owner = owner_of(where.admin, where.database)
        with _as_administrator():
            create(where.admin, fresh, owner)
        undo.callback(drop, where.admin, fresh)
        load(found.path, request.identities, where.admin, fresh, owner, progress.moved)
        return compared(found, facts(where.admin, fresh), request.identities)


@contextmanager
def _as_administrator() -> Iterator[None]:
    """Add the remedy to an error that only an administrator's role avoids."""
    try:
        yield
    except PipelineError as error:
        if "permission denied" not in str(error):
            raise
        raise BackupError(
            f"{error}\nName an administrator's DATABASE_URL of the same server, who may make databases"
        ) from None


def _store(request: Request, found: ArchiveMatch) -> tuple[ArchiveMatch, Store]:
    """Return an archive and its bucket, after undoing a killed restore; RefusedError when the bucket is not empty."""
    with about(found.part.name):
        store = Store(BucketLocation.of_bucket(request.sources.bucket(found.part)))
        undo_restore(store)
        if not request.replace and next(store.names(), None) is not None:
            raise RefusedError(
                f"{store.place} is not empty. With --yes its objects are put aside below before-…/, and those of "
                "the backup take their place"
            )
        return found, store


def _objects(
    request: Request, found: ArchiveMatch, store: Store, aside: str, undo: ExitStack, progress: ProgressListener
) -> Restored:
    name = found.part.name
    progress.begin(f"restoring {name}", found.known.plain if found.known else 0)
    with about(name), opened(found.path, request.identities) as source:
        if source.content != "tar":
            raise BackupError(f"{found.path} holds no objects of a bucket")
        undo.callback(undo_restore, store)
        back, moved = restore_objects(store, source, aside, progress.moved)
        same(found, back, request.identities)
        same(found, look(store, aside), request.identities)
    return Restored(name, str(store.place), f"{aside}/" if moved else "")


def named(database: str, suffix: str) -> str:
    """Return a name that fits PostgreSQL's limit."""
    return database[: LONGEST - len(suffix)] + suffix
