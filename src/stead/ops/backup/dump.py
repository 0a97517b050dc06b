"""Dump one database into one archive, `pg_dump | gzip | age`, with a fingerprint of the same snapshot.

The dump is of PostgreSQL's own format, uncompressed, so that gzip is one stage here as anywhere. Rejected: plain SQL.
`psql` runs any command in it, and cannot detect a missing end.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import NamedTuple

from stead.ops.backup.age import seal
from stead.ops.backup.error import PipelineError
from stead.ops.backup.fingerprint import Fingerprint, Snapshot
from stead.ops.backup.server import Session, started
from stead.ops.backup.source import DatabaseLocation
from stead.ops.backup.stream import Counted, WrittenFile, gzipped

RETRY_SECONDS = 0.5  # seconds
FORMAT = ("--format=custom", "--compress=0", "--no-password")


class Written(NamedTuple):
    """A written file, with the number of bytes before compression."""

    size: int
    sha256: str
    plain: int


def dump(
    where: DatabaseLocation, path: Path, recipients: list[str], report: Callable[[int], object]
) -> tuple[Written, Fingerprint]:
    """Write a database's archive; PipelineError with the failed stage, and then the file is not valid."""
    with Session(where.server, where.database) as session:
        snapshot = Snapshot(session)
        with ThreadPoolExecutor(1) as beside:  # the counting takes as long as the dump, and another process does it
            counted = beside.submit(snapshot.facts)
            try:
                written = _stream(where, snapshot.number, path, recipients, report)
            except BaseException as error:
                wait([counted], RETRY_SECONDS if isinstance(error, PipelineError) else 0)
                if counted.done() and (first := counted.exception()):
                    raise first from None  # its snapshot ended: pg_dump knows no more than that
                session.close()  # otherwise the block waits until everything is counted
                raise
            return written, counted.result()


def command(where: DatabaseLocation, snapshot: str = "…") -> list[str]:
    """Return the command that dumps a database; no secret is in it."""
    return where.server.command("pg_dump", *FORMAT, f"--snapshot={snapshot}", "-d", where.database)


def _stream(
    where: DatabaseLocation, snapshot: str, path: Path, recipients: list[str], report: Callable[[int], object]
) -> Written:
    words = (*FORMAT, f"--snapshot={snapshot}", "-d", where.database)
    with started(where.server, "pg_dump", *words) as program, WrittenFile(path) as written:
        source = Counted(program, report)
        seal(gzipped(source), written, recipients)
        written.sync()
        return Written(written.size, written.sha256, source.size)
