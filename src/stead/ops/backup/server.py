"""A PostgreSQL server as its own programs reach it: over the network, or inside of a Compose project.

Everything, questions included, goes through `pg_dump`, `pg_restore` and `psql`. With a driver for the questions the
database of a Compose project, which is published nowhere, would need a second way of its own.
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

MAINTENANCE = "postgres"  # the database to be in while others are renamed
PSQL = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
COMPOSE_SERVICE = "postgres"
# What comes back must not depend on whom the session belongs to, nor on how long others make it wait.
SESSION = """
SET client_encoding = 'UTF8'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC';
SET extra_float_digits = 1; SET bytea_output = 'hex'; SET search_path = pg_catalog; SET row_security = off;
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
"""


class Server(Protocol):
    """Where PostgreSQL's programs are run, and how they find the server."""

    @property
    def shown(self) -> str:
        """Where it is, without a secret."""
        ...

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the whole command; no secret is in it."""
        ...

    def environ(self) -> Mapping[str, str]:
        """Return the environment in which the command reaches the server."""
        ...


def started(server: Server, program: str, *arguments: str) -> PipelineStage:
    """Start one of PostgreSQL's programs."""
    return PipelineStage(server.command(program, *arguments), server.environ(), program)


@dataclass(frozen=True)
class Direct:
    """A server that is reached by its URL. The password goes through the environment: everyone sees a command."""

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
            raise BackupError(f"the URL of {self.shown} is not a URL of a PostgreSQL database") from None
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


WORDS = 2000  # bytes of what is said in place of an answer


class Session:
    """A `psql` that is kept open, so that many questions see one state of the database."""

    def __init__(self, server: Server, database: str) -> None:
        self._stage = started(server, "psql", *PSQL, "-d", database)
        self._stage.write(SESSION.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, whatever it is at."""
        self._stage.close()

    def query(self, sql: str) -> Any:
        """Return the one value of JSON that a statement gives; PipelineError when it fails."""
        assert self._stage.process.stdin and self._stage.process.stdout
        self.execute(sql)
        line = self._stage.process.stdout.readline()
        if not line.strip():
            self._stage.wait()
            raise PipelineError("psql", "it gave no answer")
        try:
            return json.loads(line)
        except ValueError:  # these are words of what should have started psql: docker writes them to the same output
            self._stage.over()  # else what waits for more of its input would never end
            output = (line + self._stage.process.stdout.read(WORDS)).decode(errors="replace").strip()
            raise PipelineError("psql", output) from None

    def execute(self, *statements: str) -> None:
        """Have statements run that give nothing back; what goes wrong is told by the next question, or by `end`."""
        assert self._stage.process.stdin
        for statement in statements:
            self._stage.write(f"{statement};\n".encode())
        try:
            self._stage.process.stdin.flush()
        except BrokenPipeError:
            self._stage.wait()

    def end(self) -> None:
        """Wait until all has been done; PipelineError when something went wrong."""
        self._stage.finish()


def query(server: Server, database: str, sql: str) -> Any:
    """Ask one question."""
    with Session(server, database) as session:
        return session.query(sql)


def query_server(server: Server, sql: str) -> Any:
    """Ask what any database of a server can answer: the role of a service may be let into its own alone."""
    try:
        return query(server, MAINTENANCE, sql)
    except PipelineError as error:
        own = urlsplit(server.url).path.removeprefix("/") if isinstance(server, Direct) else ""
        if not own or "permission denied for database" not in str(error):
            raise
        return query(server, unquote(own), sql)


def execute(server: Server, database: str, *statements: str) -> None:
    """Have statements run, one after the other."""
    with Session(server, database) as session:
        session.execute(*statements)
        session.end()


def version_of(server: Server, program: str) -> str:
    """Return what a program says of its version."""
    with started(server, program, "--version") as program_stage:
        return program_stage.finish().decode().strip()


def literal(text: str) -> str:
    """Write a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name as SQL."""
    return '"' + name.replace('"', '""') + '"'
