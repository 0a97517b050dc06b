"""A user with keys of its own for each service that needs Redis, in one embedded server."""

import asyncio
from contextlib import suppress
from pathlib import Path

from stead.model import SteadError
from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.provisioner import Provider
from stead.run.redis import Server, create_user, erase_keys
from stead.run.redis.protocol import ask
from stead.run.secrets import Secrets
from stead.run.status import Board, Status
from stead.run.supervised_process import ProcessSpec, reached

NAME = "redis"


def embedded(backend: str, redis: Server, secrets: Secrets, board: Board) -> Provider:
    """Return the provisioner of users in a Redis of this run."""
    status = Status(NAME, "resource")

    async def make(name: str) -> str:
        password = secrets.password(NAME, name)
        if wrong := await reached(board, status, "healthy"):
            raise RuntimeError(wrong)
        return await asyncio.to_thread(create_user, redis.url(), name, password)

    async def erase(name: str) -> None:
        await asyncio.to_thread(erase_keys, redis.url(), name)

    return Provider(backend, status, make, erase)


def server(redis: Server) -> ProcessSpec:
    """Return how the embedded server is run."""

    async def order() -> Order:
        program = await asyncio.to_thread(redis.prepare)
        environ = inherited() | dict(program.environment)
        return Order(NAME, environ, Path(redis.folder), command=program.command, last=True)

    async def probe(_: int) -> str:
        with suppress(OSError, SteadError):
            await asyncio.to_thread(ask, redis.url(), ("PING",))
            return ""
        return "does not answer yet"

    return ProcessSpec(NAME, "resource", order, probe, grace=5.0)
