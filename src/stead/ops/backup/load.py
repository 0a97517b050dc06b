"""An opened archive into a database: `age | gunzip | pg_restore`, all of it or nothing.

Roles and grants are not brought back: whom a database belongs to is said by the one that it goes into.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from stead.ops.backup.age import Identities
from stead.ops.backup.error import DamagedError, StageError
from stead.ops.backup.opened import Opened, opened
from stead.ops.backup.plain import mended
from stead.ops.backup.server import MAINTENANCE, PSQL, Direct, Server, ask, identifier, literal, started, tell
from stead.ops.backup.stage import Stage
from stead.ops.backup.stream import BLOCK, Pieces, Readable

WHOLE = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password")


def load(
    archive: Path,
    identities: Identities | None,
    server: Server,
    database: str,
    owner: str = "",
    moved: Callable[[int], object] = lambda _: None,
) -> None:
    """Bring a dump into an empty database, its objects owned by `owner`; StageError or DamagedError when it fails."""
    with opened(archive, identities) as source:
        if source.content == "tar":
            raise DamagedError(f"{archive} holds the objects of a bucket, and no database")
        if source.content == "sql":
            _psql(source, server, database, owner, moved)
        else:
            _pg_restore(source, server, database, owner, moved)
    tell(server, database, "ANALYZE")  # else the first questions are planned without knowing the data


def _pg_restore(source: Opened, server: Server, database: str, owner: str, moved: Callable[[int], object]) -> None:
    form = "--format=custom" if source.content == "custom" else "--format=tar"
    role = (f"--role={owner}",) if owner else ()
    with started(server, "pg_restore", *WHOLE, form, *role, "-d", database) as program:
        _pump(source, program, moved)


def _psql(source: Opened, server: Server, database: str, owner: str, moved: Callable[[int], object]) -> None:
    with started(
        server, "psql", *PSQL, "--single-transaction", "-o", "/dev/null", "-d", database, "-f", "-"
    ) as program:
        if isinstance(server, Direct):  # our own psql can be told to carry out nothing but SQL
            program.write(f"\\restrict {secrets.token_hex(16)}\n".encode())
        if owner:
            program.write(f"SET ROLE {identifier(owner)};\n".encode())
        _pump(Pieces(mended(source)), program, moved)


def _pump(source: Readable, program: Stage, moved: Callable[[int], object]) -> None:
    """Move everything; an archive that turns out to be damaged must not end as if it were over."""
    try:
        while block := source.read(BLOCK):
            program.write(block)
            moved(len(block))
    except StageError:
        raise
    except BaseException:
        program.process.kill()  # before its input ends, which it would take for the end of the archive
        raise
    program.finish()


def create(server: Server, name: str, owner: str = "") -> None:
    """Make an empty database."""
    owned = f" OWNER {identifier(owner)}" if owner else ""
    tell(
        server,
        MAINTENANCE,
        f"CREATE DATABASE {identifier(name)}{owned} TEMPLATE template0",
        f"REVOKE ALL ON DATABASE {identifier(name)} FROM PUBLIC",
    )


def drop(server: Server, name: str) -> None:
    """Remove a database, whoever is connected; nothing when there is none."""
    with suppress(StageError):
        tell(server, MAINTENANCE, f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")


def owner_of(server: Server, database: str) -> str:
    """Return the role that owns a database, or would by its name; nothing when there is neither."""
    sql = (
        "SELECT to_jsonb(COALESCE("  # noqa: S608 - names are quoted
        f"(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = {literal(database)}), "
        f"(SELECT rolname FROM pg_roles WHERE rolname = {literal(database)}), '')::text)"
    )
    return str(ask(server, MAINTENANCE, sql))
