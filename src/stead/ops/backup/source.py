"""The locations of a backend's databases and buckets: given URLs, a Compose project, or the embedded servers.

A service's own setting, `POINTS_DATABASE_URL`, takes precedence over the shared server, `DATABASE_URL`, on which each
service has a database of the usual name. Without either, development uses the embedded PostgreSQL, which is started
temporarily when it does not run.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stead.ops.backup.error import BackupError
from stead.ops.backup.item import BackupItem
from stead.ops.backup.server import MAINTENANCE, Compose, Direct, Server, literal, query_server
from stead.ops.backup.temporary_server import ended_with_us
from stead.run.error import AlreadyRunsError
from stead.run.postgres import Cluster
from stead.run.postgres.lock import Holder
from stead.run.resolve import Inputs
from stead.run.resources import DATABASE_URL
from stead.run.state_directory import Folder

EMBEDDED = "dev"  # the only environment whose data the embedded PostgreSQL holds


@dataclass(frozen=True)
class DatabaseLocation:
    """The location of one database. `admin` connects to the same server as a role that may create databases, if
    known.
    """

    server: Server
    database: str
    admin: Server

    @property
    def shown(self) -> str:
        return f"{self.database} at {self.server.shown}"


class Sources:
    """Locates each part of a backend; connects to nothing and starts nothing before `open`."""

    def __init__(self, description: Path, inputs: Inputs, environment: str, compose: Sequence[Path] = ()) -> None:
        self.folder, self.inputs, self.environment = Folder(description), inputs, environment
        env_file = inputs.path if inputs.path.is_file() else None
        self.compose = Compose(tuple(compose), env_file) if compose else None

    def given(self, name: str) -> str:
        """Return a value from the environment or from the env file; empty without one."""
        found = self.inputs.find(name)
        return found[0] if found else ""

    @contextmanager
    def databases(self, parts: Sequence[BackupItem]) -> Iterator[Mapping[str, DatabaseLocation]]:
        """Yield each database's location by its part's name, during the block."""
        databases = [part for part in parts if part.kind == "postgres"]
        inside = [part for part in databases if self._is_embedded(part)]
        if not inside:
            yield {part.name: self._named(part, alone=len(databases) == 1) for part in databases}
            return
        with self._embedded() as server:
            found = {part.name: DatabaseLocation(server, part.database, server) for part in inside}
            others = [part for part in databases if part.name not in found]
            yield found | {part.name: self._named(part, alone=False) for part in others}

    def planned(self, part: BackupItem) -> str:
        """Describe the location of a database, without connecting."""
        if self.compose:
            return f"database {part.database} in {self.compose.shown}"
        if own := self.given(part.given_by):
            return f"database {_database(own)} at {Direct(own).shown}, named by {part.given_by}"
        if server := self.given(DATABASE_URL):
            return f"database {part.database} at {Direct(server).shown}, named by {DATABASE_URL}"
        state = "which runs" if self._holder() else "started temporarily"
        return f"database {part.database} in the embedded PostgreSQL, {state}"

    def bucket(self, part: BackupItem) -> str:
        """Return a bucket's URL; BackupError when it is not set."""
        url = self.given(part.given_by) or self.given(part.setting)
        if not url:
            raise BackupError(
                f"no URL is given for the bucket of {part.owner}: set {part.given_by} or {part.setting} "
                f"in the environment or in {self.inputs.path}; while the backend runs here, "
                f"stead run {part.owner} prints the one that stead up made"
            )
        return url

    def refuse_nowhere(self, parts: Sequence[BackupItem]) -> None:
        """Raise BackupError when the location of a part is unknown."""
        for part in parts:
            if part.kind == "bucket":
                self.bucket(part)
            elif self._is_embedded(part) and not (self._cluster().data / "PG_VERSION").exists():
                raise BackupError(
                    f"{part.owner} has no database here yet: stead up makes it, or {part.given_by} or {DATABASE_URL} "
                    f"names one, in the environment or in {self.inputs.path}"
                )

    def _is_embedded(self, part: BackupItem) -> bool:
        if self.compose or self.given(part.given_by) or self.given(DATABASE_URL):
            return False
        if self.environment != EMBEDDED:
            raise BackupError(
                f"no URL is given for the database of {part.owner} in {self.environment}: set {part.given_by} or "
                f"{DATABASE_URL} in the environment or in {self.inputs.path}, or --compose FILE"
            )
        return True

    def _named(self, part: BackupItem, *, alone: bool) -> DatabaseLocation:
        if self.compose:
            return DatabaseLocation(self.compose, part.database, self.compose)
        own, common = self.given(part.given_by), self.given(DATABASE_URL)
        if own:
            server = Direct(own)
            admin = Direct(common) if common and Direct(common).shown == server.shown else server
            return DatabaseLocation(server, _database(own), admin)
        server = Direct(common)
        name = part.database
        if alone and not exists(server, name):
            name = _database(common)  # one service, and the URL is its own
        return DatabaseLocation(server, name, server)

    def _cluster(self) -> Cluster:
        return Cluster(self.folder.path / "postgres")

    def _holder(self) -> Holder | None:
        holder = Holder.of(self._cluster().data)
        return holder if holder and holder.ready and holder.is_running() else None

    @contextmanager
    def _embedded(self) -> Iterator[Server]:
        cluster = self._cluster()
        if holder := self._holder():
            cluster.port = holder.port
            yield Direct(cluster.url())
            return
        lock = self._alone()
        try:
            with ended_with_us(cluster):
                yield Direct(cluster.url())
        finally:
            os.close(lock)

    def _alone(self) -> int:
        """Prevent `stead up` from starting the same PostgreSQL during the block."""
        try:
            return self.folder.lock()
        except AlreadyRunsError:
            raise BackupError(
                f"{self.folder.description.parent} runs, and not on its embedded PostgreSQL, or is starting or ending: "
                f"give {DATABASE_URL} as it was given to stead up, or try again"
            ) from None


def exists(server: Server, database: str) -> bool:
    """Return whether a server has a database of that name."""
    sql = f"SELECT to_jsonb(EXISTS (SELECT FROM pg_database WHERE datname = {literal(database)}))"  # noqa: S608
    return bool(query_server(server, sql))


def _database(url: str) -> str:
    name = unquote(urlsplit(url).path.removeprefix("/"))
    return name or MAINTENANCE
