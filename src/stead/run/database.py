"""A database for each service: in the embedded PostgreSQL, or on the server that `DATABASE_URL` names."""

import asyncio
import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit

from stead.model import Resource
from stead.run.nursery.link import Order
from stead.run.postgres import Cluster, create_database, in_database
from stead.run.postgres.lock import Holder
from stead.run.secrets import Secrets
from stead.run.status import Board, Status
from stead.run.surroundings import surroundings
from stead.run.unit import Plan, reached

NAME = "postgres"
LONGEST = 63  # bytes of a PostgreSQL name
PATIENCE = 10  # tries to reach a server that is not ours, one a second


class Databases:
    """Makes each database when it is first asked for; `ready()` and `url()` may be awaited by many."""

    def __init__(self, backend: str, secrets: Secrets, board: Board, *, cluster: Cluster | None, admin: str) -> None:
        """`cluster` is the embedded server, `admin` the URL of another one where there is none embedded."""
        self._backend, self._secrets, self._board = backend, secrets, board
        self._cluster, self._admin = cluster, admin
        self._made: dict[Resource, asyncio.Task[str]] = {}
        shown = f"{urlsplit(admin).hostname}:{urlsplit(admin).port or 5432}"
        self.status = Status(NAME, "resource", url="" if cluster else shown)
        if cluster is None:
            self.status.state, self.status.why = "healthy", "named by DATABASE_URL"

    def ask_for(self, resource: Resource, owner: str) -> None:
        """Say that a process needs a database; the first one to ask gives it its name."""
        name = database_name(self._backend, owner)
        password = self._secrets.password(name)
        if resource not in self._made:
            self._made[resource] = asyncio.create_task(self._make(name, password))

    async def ready(self, resource: Resource) -> str:
        """Wait until a database is there; say why it never will be."""
        try:
            await asyncio.shield(self._made[resource])
        except Exception as error:  # noqa: BLE001 - whatever keeps the database away is told as it is
            return f"it is not there: {error}"
        return ""

    def url(self, resource: Resource) -> str:
        return self._made[resource].result()

    async def close(self) -> None:
        for task in self._made.values():
            task.cancel()
        await asyncio.gather(*self._made.values(), return_exceptions=True)

    async def _make(self, name: str, password: str) -> str:
        if self._cluster is None:
            return await self._make_elsewhere(name, password)
        if wrong := await reached(self._board, self.status, "healthy"):
            raise RuntimeError(wrong)
        made = Made(self._cluster)
        if not made.has(name, password):
            await asyncio.to_thread(create_database, self._cluster.url(), name, password)
            made.note(name, password)
        return in_database(self._cluster.url(), name, name, password)

    async def _make_elsewhere(self, name: str, password: str) -> str:
        import psycopg

        for _ in range(PATIENCE):
            try:
                return await asyncio.to_thread(create_database, self._admin, name, password)
            except psycopg.OperationalError:
                await asyncio.sleep(1)
        return await asyncio.to_thread(create_database, self._admin, name, password)


class Made:
    """Which databases a cluster has, noted beside it: a start that makes none needs no connection and no driver."""

    def __init__(self, cluster: Cluster) -> None:
        self._file = cluster.folder / "made.json"
        self._data = str(cluster.data.stat().st_ino)  # a cluster that was made anew has none of them

    def has(self, name: str, password: str) -> bool:
        return self._read().get(name) == self._mark(password)

    def note(self, name: str, password: str) -> None:
        """Remember one; called from one thread only."""
        self._file.write_text(json.dumps(self._read() | {name: self._mark(password)}))

    def _mark(self, password: str) -> str:
        return hashlib.sha256(f"{self._data}:{password}".encode()).hexdigest()

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._file.read_text()))
        except (FileNotFoundError, ValueError):
            return {}


def server(cluster: Cluster) -> Plan:
    """Return how the embedded server is run."""

    async def order() -> Order:
        program = await asyncio.to_thread(cluster.prepare)
        return Order(
            NAME,
            surroundings() | dict(program.environment),
            Path(cluster.folder),
            command=program.command,
            user=program.user,
            group=program.group,
            stop=2,  # SIGINT: roll back and go, without waiting for clients
            kill=3,  # SIGQUIT: at once; SIGKILL would leave its children behind
            last=True,
        )

    async def probe(pid: int) -> str:
        holder = Holder.of(cluster.data)
        return "" if holder and holder.pid == pid and holder.ready else "is not ready yet"

    return Plan(NAME, "resource", order, probe, grace=5.0)


def database_name(backend: str, owner: str) -> str:
    name = f"{backend}_{owner}".replace("-", "_")
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
