"""A database for each service: in the embedded PostgreSQL, or on the server that `DATABASE_URL` names."""

import asyncio
import hashlib
import json
import signal
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.postgres import Cluster, create_database, erase_database, in_database
from stead.run.postgres.lock import Holder
from stead.run.provisioner import Provider
from stead.run.secrets import Secrets
from stead.run.status import Board, Status
from stead.run.supervised_process import ProcessSpec, reached

NAME = "postgres"
ATTEMPTS = 10  # tries to reach a server that is not ours, one a second


def embedded(backend: str, cluster: Cluster, secrets: Secrets, board: Board, limits: Mapping[str, int]) -> Provider:
    """Return the provisioner of databases in a server of this run; `limits` has the connections of each."""
    status = Status(NAME, "resource")

    async def make(name: str) -> str:
        password = secrets.password(NAME, name)
        if wrong := await reached(board, status, "healthy"):
            raise RuntimeError(wrong)
        made = _DatabaseList(cluster)
        if not made.has(name, password, limits[name]):
            await asyncio.to_thread(create_database, cluster.url(), name, password, limits[name])
            made.note(name, password, limits[name])
        return in_database(cluster.url(), name, name, password)

    async def erase(name: str) -> None:
        password = secrets.password(NAME, name)
        await asyncio.to_thread(erase_database, cluster.url(), name, password, limits[name])

    return Provider(backend, status, make, erase)


def elsewhere(backend: str, admin: str, secrets: Secrets, limits: Mapping[str, int]) -> Provider:
    """Return the provisioner of databases on an existing server."""
    at = urlsplit(admin)
    status = Status(NAME, "resource", "healthy", f"{at.hostname}:{at.port or 5432}", why="named by DATABASE_URL")

    async def erase(name: str) -> None:
        await asyncio.to_thread(erase_database, admin, name, secrets.password(NAME, name), limits[name])

    return Provider(backend, status, partial(_create_with_retry, admin, secrets, limits), erase)


async def _create_with_retry(admin: str, secrets: Secrets, limits: Mapping[str, int], name: str) -> str:
    import psycopg

    password = secrets.password(NAME, name)
    for _ in range(ATTEMPTS):
        try:
            return await asyncio.to_thread(create_database, admin, name, password, limits[name])
        except psycopg.OperationalError:
            await asyncio.sleep(1)
    return await asyncio.to_thread(create_database, admin, name, password, limits[name])


class _DatabaseList:
    """The list of a server's databases, stored beside it: a start without a new one needs no connection and no
    driver.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._file = cluster.folder / "made.json"
        self._data = str(cluster.data.stat().st_ino)  # a cluster that was created again has none of them

    def has(self, name: str, password: str, connections: int) -> bool:
        return self._read().get(name) == self._mark(password, connections)

    def note(self, name: str, password: str, connections: int) -> None:
        """Remember one; called from one thread only."""
        self._file.write_text(json.dumps(self._read() | {name: self._mark(password, connections)}))

    def _mark(self, password: str, connections: int) -> str:
        return hashlib.sha256(f"{self._data}:{password}:{connections}".encode()).hexdigest()

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._file.read_text()))
        except (FileNotFoundError, ValueError):
            return {}


def server(cluster: Cluster) -> ProcessSpec:
    """Return how the embedded server is run."""

    async def probe(pid: int) -> str:
        holder = Holder.of(cluster.data)
        return "" if holder and holder.pid == pid and holder.ready else "is not ready yet"

    return ProcessSpec(NAME, "resource", _order(cluster), probe, grace=5.0)


def _order(cluster: Cluster) -> Callable[[], Awaitable[Order]]:
    async def order() -> Order:
        program = await asyncio.to_thread(cluster.prepare)
        return Order(
            NAME,
            inherited() | dict(program.environment),
            Path(cluster.folder),
            command=program.command,
            user=program.user,
            group=program.group,
            stop=signal.SIGINT,  # roll back and go, without waiting for clients
            kill=signal.SIGQUIT,  # at once; SIGKILL would leave its children behind
            last=True,
        )

    return order
