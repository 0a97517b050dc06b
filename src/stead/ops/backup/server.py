"""A PostgreSQL server, accessed by PostgreSQL's own programs: over the network, or inside a Compose project.

Everything, queries included, goes through `pg_dump`, `pg_restore` and `psql`. A driver could not reach the database of
a Compose project, which publishes no port, and would need a second way for it.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import unquote, urlsplit

from stead.ops.backup.error import BackupError, PipelineError
from stead.ops.backup.pipeline import PipelineStage
from stead.run.postgres import binary

MAINTENANCE = "postgres"  # the database to connect to while others are renamed
PSQL = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
COMPOSE_SERVICE = "postgres"
# The result must not depend on the role of the session, nor on how long it waits for others.
SESSION = """
SET client_encoding = 'UTF8'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC';
SET extra_float_digits = 1; SET bytea_output = 'hex'; SET search_path = pg_catalog; SET row_security = off;
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
"""


class Server(Protocol):
    """The place in which PostgreSQL's programs run, and their connection to the server."""

    @property
    def shown(self) -> str:
        """The server's address, without a secret."""
        ...

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the complete command, without secrets."""
        ...

    def environ(self) -> Mapping[str, str]:
        """Return the environment of the command, with the connection's parameters."""
        ...


def started(server: Server, program: str, *arguments: str) -> PipelineStage:
    """Start one of PostgreSQL's programs."""
    return PipelineStage(server.command(program, *arguments), server.environ(), program)


@dataclass(frozen=True)
class Direct:
    """A server with a URL. The password is in the environment: every user can list command lines."""

    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        at = urlsplit(self.url)
        return f"{at.hostname}:{at.port or 5432}"

    def command(self, program: str, *arguments: str) -> list[str]:
        return [str(binary(program)), *arguments]

    def environ(self) -> Mapping[str, str]:
        ours = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        return {**ours, "PGCONNECT_TIMEOUT": "10", "LC_MESSAGES": "C", **self._connection_words()}

    def _connection_words(self) -> dict[str, str]:
        from psycopg import Error, pq

        try:
            options = pq.Conninfo.parse(self.url.encode())
        except Error:
            raise BackupError(f"the URL of {self.shown} is not a PostgreSQL URL") from None
        return {each.envvar.decode(): each.val.decode() for each in options if each.envvar and each.val}


@dataclass(frozen=True)
class Compose:
    """The `postgres` of a Compose project: its programs run in its container, on its own socket."""

    files: tuple[Path, ...]
    env_file: Path | None = None

    @property
    def shown(self) -> str:
        return f"{COMPOSE_SERVICE} of {self.files[0]}"

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self._exec, "-e", f"PGUSER={self._superuser}", COMPOSE_SERVICE, program, *arguments]

    def environ(self) -> Mapping[str, str]:
        return dict(os.environ)

    @property
    def _exec(self) -> list[str]:
        files = [word for file in self.files for word in ("-f", str(file))]
        given = ["--env-file", str(self.env_file)] if self.env_file else []
        return ["docker", "compose", *files, *given, "exec", "-T"]

    @cached_property
    def _superuser(self) -> str:
        command = [*self._exec, COMPOSE_SERVICE, "printenv", "POSTGRES_USER"]
        with PipelineStage(command, self.environ(), "docker") as program_stage, suppress(PipelineError):
            return program_stage.finish().decode().strip() or MAINTENANCE
        return MAINTENANCE


WORDS = 2000  # bytes of the output that replaces an answer


class Session:
    """An open `psql` session, so that several queries share one snapshot."""

    def __init__(self, server: Server, database: str) -> None:
        self._stage = started(server, "psql", *PSQL, "-d", database)
        self._stage.write(SESSION.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Terminate the session, also during a query."""
        self._stage.close()

    def query(self, sql: str) -> Any:
        """Return the JSON value of a query; PipelineError when it fails."""
        assert self._stage.process.stdin and self._stage.process.stdout
        self.execute(sql)
        line = self._stage.process.stdout.readline()
        if not line.strip():
            self._stage.wait()
            raise PipelineError("psql", "psql returned no value")
        try:
            return json.loads(line)
        except ValueError:  # the words of whatever should have started psql: docker writes them to stdout
            self._stage.over()  # otherwise a program that waits for more input would never end
            output = (line + self._stage.process.stdout.read(WORDS)).decode(errors="replace").strip()
            raise PipelineError("psql", output) from None

    def execute(self, *statements: str) -> None:
        """Send statements without a result; the next query, or `end`, reports their failure."""
        assert self._stage.process.stdin
        for statement in statements:
            self._stage.write(f"{statement};\n".encode())
        try:
            self._stage.process.stdin.flush()
        except BrokenPipeError:
            self._stage.wait()

    def end(self) -> None:
        """Wait for the end of all statements; PipelineError when one failed."""
        self._stage.finish()


def query(server: Server, database: str, sql: str) -> Any:
    """Run one query."""
    with Session(server, database) as session:
        return session.query(sql)


def query_server(server: Server, sql: str) -> Any:
    """Run a query in any database that admits the role: a service's role may connect only to its own."""
    try:
        return query(server, MAINTENANCE, sql)
    except PipelineError as error:
        own = urlsplit(server.url).path.removeprefix("/") if isinstance(server, Direct) else ""
        if not own or "permission denied for database" not in str(error):
            raise
        return query(server, unquote(own), sql)


def execute(server: Server, database: str, *statements: str) -> None:
    """Run statements, one after the other."""
    with Session(server, database) as session:
        session.execute(*statements)
        session.end()


def version_of(server: Server, program: str) -> str:
    """Return the version that a program reports."""
    with started(server, program, "--version") as program_stage:
        return program_stage.finish().decode().strip()


def literal(text: str) -> str:
    """Quote a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
