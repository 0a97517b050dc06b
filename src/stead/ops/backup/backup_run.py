"""One run of `stead backup`: write, verify, publish and upload every part; only then remove old backups.

A failed stage fails the run: the incomplete backup is removed, and existing backups stay unchanged. After a failed
upload the new backup stays, since it is valid, and no old one is removed.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import msgspec

from stead.ops.backup.age import seal, seal_values
from stead.ops.backup.bucket import Summary, packed
from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.dump import Written, dump
from stead.ops.backup.error import BackupError, LockedError
from stead.ops.backup.item import BackupItem
from stead.ops.backup.manifest import FORMAT, NAME, Archive, Manifest, verify
from stead.ops.backup.metric import Metric
from stead.ops.backup.progress import ProgressListener
from stead.ops.backup.repository import Repository, now
from stead.ops.backup.retention import Dated, Policy, removable
from stead.ops.backup.server import literal, query, version_of
from stead.ops.backup.source import DatabaseLocation, Sources
from stead.ops.backup.store import Store
from stead.ops.backup.stream import Counted, IteratorReader, WrittenFile, gzipped

GONE = "left out: {}: it was deleted during the backup, or it is a folder marker"


@dataclass(frozen=True)
class Order:
    """The parameters of one backup.

    recipients  age public keys; none leaves the archives in the clear
    upload      a place for a copy
    keep        which backups stay; None removes none
    """

    backend: str
    environment: str
    version: str
    parts: tuple[BackupItem, ...]
    sources: Sources
    chain: Repository
    recipients: tuple[str, ...]
    metric: Metric
    upload: BucketLocation | None = None
    keep: Policy | None = None


@dataclass(frozen=True)
class BackupResult:
    """The result: the new backup, the place of its copy, and the removed old backups."""

    folder: Path
    manifest: Manifest
    uploaded: str
    removed: tuple[str, ...]


def take(order: Order, progress: ProgressListener) -> BackupResult:
    """Make a backup; BackupError with the part and the stage that failed."""
    began = time.monotonic()
    with order.chain.locked():
        try:
            taken = _take(order, progress)
            sizes = [(archive.part, archive.size) for archive in taken.manifest.archives]
            order.metric.succeeded(time.time(), time.monotonic() - began, sizes)
        except BaseException as error:
            with suppress(OSError):  # the failure matters more than that it could not be counted
                order.metric.failed(time.time())
            if isinstance(error, OSError):
                raise BackupError(f"disk: {error.filename or order.chain.path}: {error.strerror}") from None
            raise
        return taken


def plan(order: Order) -> Iterator[str]:
    """Yield the steps, without doing them."""
    for part in order.parts:
        if part.kind == "bucket":
            yield f"{part.name}: every object of {BucketLocation.of_bucket(order.sources.bucket(part))}"
        else:
            yield f"{part.name}: {order.sources.planned(part)}"
    sealed = f"sealed to {', '.join(order.recipients)}" if order.recipients else "in the clear"
    yield f"written to {order.chain.path}, gzipped, {sealed}"
    if order.upload:
        yield f"copied to {order.upload.inside(order.backend, order.environment)}, and read back"
    if order.keep:
        gone = [each.name for each in _old(order)]
        yield f"keep: {order.keep}; after a success, these are removed:  {', '.join(gone) or 'none'}"


def _take(order: Order, progress: ProgressListener) -> BackupResult:
    for name in order.chain.clean():
        progress.message(f"removed {name}, left by an interrupted run")
    at = now()
    with order.chain.partial(at) as folder:
        archives = tuple(_archives(order, folder, progress))
        manifest = Manifest(
            format=FORMAT, backend=order.backend, environment=order.environment, version=order.version, created_at=at,
            made_with=f"stead {version('stead')}", recipients=order.recipients, archives=archives,
        )  # fmt: skip
        for archive in archives:
            verify(folder, archive)
        manifest.write(folder)
        final = order.chain.publish(folder, at)
    uploaded = _upload(order, final, manifest, progress)
    removed = tuple(each.name for each in _old(order) if order.chain.remove(order.chain.path / each.name))
    return BackupResult(final, manifest, uploaded, removed)


def _archives(order: Order, folder: Path, progress: ProgressListener) -> Iterator[Archive]:
    with order.sources.databases(order.parts) as wheres:
        for part in order.parts:
            began = time.monotonic()
            path = folder / part.file(sealed=bool(order.recipients))
            with about(part.name):
                if part.kind == "bucket":
                    archive = _bucket(order, part, path, progress)
                else:
                    archive = _database(order, part, path, progress, wheres[part.name])
            yield msgspec.structs.replace(archive, seconds=round(time.monotonic() - began, 3))


def _database(
    order: Order, part: BackupItem, path: Path, progress: ProgressListener, where: DatabaseLocation
) -> Archive:
    size = f"SELECT to_jsonb(pg_database_size({literal(where.database)}))"
    progress.begin(part.name, query(where.server, where.database, size))
    written, facts = dump(where, path, list(order.recipients), progress.moved)
    return _archive(
        part, path, written,
        source=where.shown, server=facts.server, rows=facts.rows, schema=facts.schema,
        contents=seal_values(facts.contents, order.recipients), tools=(version_of(where.server, "pg_dump"),),
    )  # fmt: skip


def _bucket(order: Order, part: BackupItem, path: Path, progress: ProgressListener) -> Archive:
    place = BucketLocation.of_bucket(order.sources.bucket(part))
    progress.begin(part.name)
    summary = Summary()
    pieces = packed(Store(place), summary, lambda name: progress.message(GONE.format(name)))
    with WrittenFile(path) as archive_file:
        source = Counted(IteratorReader(pieces), progress.moved)
        seal(gzipped(source), archive_file, order.recipients)
        archive_file.sync()
        written = Written(archive_file.size, archive_file.sha256, source.size)
    contents = seal_values(summary.contents, order.recipients)
    return _archive(part, path, written, source=str(place), rows=summary.rows, contents=contents)


def _archive(part: BackupItem, path: Path, written: Written, **about: object) -> Archive:
    return msgspec.convert(
        {
            "part": part.name, "kind": part.kind, "users": part.users, "file": path.name,
            "size": written.size, "sha256": written.sha256, "plain": written.plain, **about,
        },
        type=Archive,
    )  # fmt: skip


def _upload(order: Order, folder: Path, manifest: Manifest, progress: ProgressListener) -> str:
    """Copy a backup, its manifest last: a backup without a manifest is incomplete, also in the store."""
    if not order.upload:
        return ""
    store = Store(order.upload.inside(order.backend, order.environment, folder.name))
    try:
        for archive in manifest.archives:
            progress.begin(f"{archive.part} to {order.upload}")
            store.put_verified(archive.file, folder / archive.file, archive.size, archive.sha256)
        store.put_verified(NAME, folder / NAME, *_measured(folder / NAME))
    except BackupError as error:
        raise type(error)(
            f"upload: {error}\nThe backup itself is good, and here: {folder}; no old one was removed"
        ) from None
    return str(store.place)


def _measured(path: Path) -> tuple[int, str]:
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


def _old(order: Order) -> list[Dated]:
    if not order.keep:
        return []
    retained = [
        Dated(each.folder.name, each.manifest.created_at, frozenset(one.part for one in each.manifest.archives))
        for each in order.chain.complete_backups()
    ]
    return removable(retained, order.keep)


@contextmanager
def about(part: str) -> Iterator[None]:
    """Name the part in an error."""
    try:
        yield
    except LockedError:
        raise
    except BackupError as error:
        error.args = (f"{part}: {error}",)
        raise
