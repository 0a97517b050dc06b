"""A drill: restore the newest backup into a scratch database, and compare it with the manifest.

Rows, a checksum of their contents, every object's definition, and the service's own invariants, such as the ledger's
replay. The scratch database is on a temporary PostgreSQL, so that a drill neither needs nor loads the server that is
backed up; DRILL_DATABASE_URL names one with other extensions. A bucket's archive is read as a restore would read it.
"""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from stead.ops.backup.age import Identities
from stead.ops.backup.archive_reader import opened
from stead.ops.backup.bucket import read_through
from stead.ops.backup.compare import compared, same
from stead.ops.backup.error import BackupError
from stead.ops.backup.find import ArchiveMatch
from stead.ops.backup.fingerprint import facts
from stead.ops.backup.load import create, drop, load
from stead.ops.backup.manifest import verify
from stead.ops.backup.progress import ProgressListener
from stead.ops.backup.repository import reading
from stead.ops.backup.server import Direct
from stead.ops.backup.temporary_server import ended_with_us
from stead.run.postgres import Cluster

SCRATCH = "DRILL_DATABASE_URL"


@dataclass(frozen=True)
class DrillResult:
    """The result of one part. Without `faults` it equals the backup. `invariants`: the result of the service's own
    check.
    """

    part: str
    rows: int
    seconds: float
    invariants: str = ""
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def drill(
    found: Sequence[ArchiveMatch], identities: Identities | None, elsewhere: str, progress: ProgressListener
) -> list[DrillResult]:
    """Test every archive; a part that cannot be restored is a fault, and the others are still tested."""
    with ExitStack() as stack:
        for folder in {each.path.parent for each in found}:
            with suppress(FileNotFoundError):
                stack.enter_context(reading(folder))
        needed = any(each.part.kind == "postgres" for each in found)
        server = stack.enter_context(_scratch(elsewhere)) if needed else None
        return [_drilled(each, identities, server, progress) for each in found]


def _drilled(
    found: ArchiveMatch, identities: Identities | None, server: Direct | None, progress: ProgressListener
) -> DrillResult:
    began = time.monotonic()
    progress.begin(f"drilling {found.part.name}", found.known.plain if found.known else 0)
    rows = sum(found.known.rows.values()) if found.known and server else 0
    try:
        report, notes, faults = _tried(found, identities, server, progress)
    except BackupError as error:
        report, notes, faults = "", (), (str(error),)
    return DrillResult(found.part.name, rows, round(time.monotonic() - began, 3), report, notes, faults)


Outcome = tuple[str, tuple[str, ...], tuple[str, ...]]


def _tried(
    found: ArchiveMatch, identities: Identities | None, server: Direct | None, progress: ProgressListener
) -> Outcome:
    if found.known:
        verify(found.path.parent, found.known)
    if found.part.kind == "bucket" or server is None:
        _bucket(found, identities, progress)
        return "", (), ()
    return _database(found, identities, server, progress)


def _database(
    found: ArchiveMatch, identities: Identities | None, server: Direct, progress: ProgressListener
) -> Outcome:
    name = f"drill_{secrets.token_hex(6)}"
    create(server, name)
    try:
        load(found.path, identities, server, name, moved=progress.moved)
        notes, faults = _compared(found, server, name, identities)
        report, broken = _invariants(found.part.invariants, _in(server.url, name))
        return report, notes, (*faults, *broken)
    finally:
        drop(server, name)


def _compared(
    found: ArchiveMatch, server: Direct, name: str, identities: Identities | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        return compared(found, facts(server, name), identities), ()
    except BackupError as error:
        return (), (str(error),)


def _invariants(named: str, url: str) -> tuple[str, tuple[str, ...]]:
    """Run the service's own check of the data; return its result, and the faults."""
    if not named:
        return "the service declares no invariants", ()
    try:
        report = _function(named)(url)
    except Exception as error:  # noqa: BLE001 - whatever a service's own function raises is told
        return "", (f"{named} could not check it: {type(error).__name__}: {error}",)
    return (str(report), ()) if report.clean else ("", (f"{named}: {report}",))


def _function(named: str) -> Callable[[str], Any]:
    module, _, name = named.partition(":")
    found: Callable[[str], Any] = getattr(import_module(module), name)
    return found


def _bucket(found: ArchiveMatch, identities: Identities | None, progress: ProgressListener) -> None:
    with opened(found.path, identities) as source:
        if source.content != "tar":
            raise BackupError(f"{found.path} holds no objects of a bucket")
        summary = read_through(source, progress.moved)
    same(found, summary, identities)


@contextmanager
def _scratch(elsewhere: str) -> Iterator[Direct]:
    if elsewhere:
        yield Direct(elsewhere)
        return
    folder = Path(tempfile.mkdtemp(prefix="stead-drill-"))
    cluster = Cluster(folder, durable=False)
    try:
        with ended_with_us(cluster, remove=folder):
            yield Direct(cluster.url())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))
