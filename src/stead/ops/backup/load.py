"""Load an archive into a database in one transaction: `age | gunzip | pg_restore`.

Roles and grants are not restored: the target database determines the owner.
"""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from stead.ops.backup.age import Identities
from stead.ops.backup.archive_reader import Content, opened
from stead.ops.backup.error import DamagedError, PipelineError
from stead.ops.backup.pipeline import PipelineStage
from stead.ops.backup.server import (
    MAINTENANCE,
    PSQL,
    Direct,
    Server,
    execute,
    identifier,
    literal,
    query,
    query_server,
    started,
)
from stead.ops.backup.sql_dump import filtered
from stead.ops.backup.stream import BLOCK, Counted, IteratorReader, Readable

BARE = ("--no-owner", "--no-privileges")
WHOLE = (*BARE, "--single-transaction", "--exit-on-error", "--no-password")
FORMATS: Mapping[Content, str] = {"custom": "--format=custom", "dump-tar": "--format=tar"}
TAKES_ALL = 170_000  # the version from which a server knows all that our pg_restore sets
VERSION = "SELECT to_jsonb(current_setting('server_version_num')::int)"


def load(
    archive: Path,
    identities: Identities | None,
    server: Server,
    database: str,
    owner: str = "",
    moved: Callable[[int], object] = lambda _: None,
) -> None:
    """Load a dump into an empty database, its objects owned by `owner`; PipelineError or DamagedError when it fails."""
    with opened(archive, identities) as source:
        if source.content == "tar":
            raise DamagedError(f"{archive} holds objects of a bucket, not a database")
        counted = Counted(source, moved)
        if source.content == "sql":
            _psql(counted, server, database, owner)
        elif isinstance(server, Direct) and query(server, database, VERSION) < TAKES_ALL:
            _as_sql(counted, source.content, server, database, owner)
        else:
            _pg_restore(counted, source.content, server, database, owner)
    execute(server, database, "ANALYZE")  # otherwise the first queries are planned without statistics


def _pg_restore(source: Readable, content: Content, server: Server, database: str, owner: str) -> None:
    role = (f"--role={owner}",) if owner else ()
    with started(server, "pg_restore", *WHOLE, FORMATS[content], *role, "-d", database) as program:
        _copy(source, program)
        program.finish()


def _as_sql(source: Readable, content: Content, server: Server, database: str, owner: str) -> None:
    """Restore into a server older than our `pg_restore`, which sets parameters that the server does not know."""
    with (
        started(server, "pg_restore", *BARE, FORMATS[content], "-f", "-") as writer,
        ThreadPoolExecutor(1) as beside,
    ):
        feeding = beside.submit(_feed, source, writer)
        try:
            _psql(writer, server, database, owner)
        except BaseException:
            writer.process.kill()
            if (error := feeding.exception()) and not isinstance(error, PipelineError):
                raise error from None
            raise
        feeding.result()


def _feed(source: Readable, program: PipelineStage) -> None:
    _copy(source, program)
    program.over()


def _psql(source: Readable, server: Server, database: str, owner: str) -> None:
    with started(
        server, "psql", *PSQL, "--single-transaction", "-o", "/dev/null", "-d", database, "-f", "-"
    ) as program:
        if isinstance(server, Direct):  # our own psql can be limited to SQL
            program.write(f"\\restrict {secrets.token_hex(16)}\n".encode())
        if owner:
            program.write(f"SET ROLE {identifier(owner)};\n".encode())
        _copy(IteratorReader(filtered(source)), program)
        program.finish()


def _copy(source: Readable, program: PipelineStage) -> None:
    """Copy everything; after a failure the program must not see a regular end of its input."""
    try:
        while block := source.read(BLOCK):
            program.write(block)
    except BaseException:
        program.process.kill()
        raise


def create(server: Server, name: str, owner: str = "") -> None:
    """Create an empty database."""
    owned = f" OWNER {identifier(owner)}" if owner else ""
    execute(
        server,
        MAINTENANCE,
        f"CREATE DATABASE {identifier(name)}{owned} TEMPLATE template0",
        f"REVOKE ALL ON DATABASE {identifier(name)} FROM PUBLIC",
    )


def drop(server: Server, name: str) -> None:
    """Drop a database with its connections, if it exists."""
    with suppress(PipelineError):
        execute(server, MAINTENANCE, f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")


def owner_of(server: Server, database: str) -> str:
    """Return the owner of a database, or the role of the same name; empty without either."""
    sql = (
        "SELECT to_jsonb(COALESCE("  # noqa: S608 - names are quoted
        f"(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = {literal(database)}), "
        f"(SELECT rolname FROM pg_roles WHERE rolname = {literal(database)}), '')::text)"
    )
    return str(query_server(server, sql))
