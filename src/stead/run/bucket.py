"""A bucket, with an access key of its own, for each service that needs one, in one embedded S3 server."""

import asyncio
from pathlib import Path

from stead.run.forkserver.client import Order
from stead.run.inherited_environment import inherited
from stead.run.provisioner import Provider
from stead.run.s3 import Server
from stead.run.secrets import Secrets
from stead.run.status import Board, Status
from stead.run.supervised_process import ProcessSpec, reached

KIND = "bucket"
NAME = "s3-stand-in"  # the status shows that this server is a stand-in


def embedded(backend: str, s3: Server, secrets: Secrets, board: Board) -> Provider:
    """Return the provisioner of buckets in a server of this run."""
    status = Status(NAME, "resource")

    async def make(name: str) -> str:
        passwords = secrets.passwords(KIND, name)
        if wrong := await reached(board, status, "healthy"):
            raise RuntimeError(wrong)
        return s3.bucket_url(name.replace("_", "-"), *passwords)  # S3 takes no underscore

    async def erase(name: str) -> None:
        await asyncio.to_thread(s3.erase, name.replace("_", "-"))

    return Provider(backend, status, make, erase)


def server(s3: Server) -> ProcessSpec:
    """Return how the embedded server is run."""

    async def order() -> Order:
        program = await asyncio.to_thread(s3.prepare)
        environ = inherited() | dict(program.environment)
        return Order(NAME, environ, Path(s3.folder), command=program.command, last=True)

    async def probe(_: int) -> str:
        return "" if await asyncio.to_thread(s3.is_ready) else "does not answer yet"

    return ProcessSpec(NAME, "resource", order, probe, grace=5.0)
