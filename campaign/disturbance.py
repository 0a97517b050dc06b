"""What is done to a backend: kill, stop, cut connections, cancel requests. Each one is drawn with its weight."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx2
import psycopg

from campaign.backend import Backend, Process, ServerDownError
from campaign.disk import fill

FULL = 3.0  # seconds that the disk stays full
LOOK, NO_VICTIM = 0.1, 30.0  # seconds between two looks for a service to kill, and until there is none
STOPPED = 1.5  # seconds that a stopped process stays so
CANCELLED = 40  # requests that their client leaves
CANCEL_AFTER = 0.05  # seconds, at the most
ALL_BACKENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One kind: its weight in the draw, and what is done; it returns the name of the process that has to recover."""

    name: str
    weight: int
    do: Callable[[Backend, random.Random], Awaitable[str]]


async def _kill_service(backend: Backend, chance: random.Random) -> str:
    """Kill one; a backend of two services has none to kill for a while, when both were killed as they started."""
    end = time.monotonic() + NO_VICTIM
    while not (victims := backend.victims()):
        if time.monotonic() > end:
            return ""
        await asyncio.sleep(LOOK)
    chosen = chance.choice(victims)
    backend.was_killed(chosen)
    return _signal(chosen, signal.SIGKILL)


async def _kill_gateway(backend: Backend, chance: random.Random) -> str:
    return _signal(chance.choice(backend.gateway()), signal.SIGKILL)


async def _kill_resource(backend: Backend, chance: random.Random) -> str:
    return _signal(chance.choice(backend.resources()), signal.SIGKILL)


async def _stop_service(backend: Backend, chance: random.Random) -> str:
    process = chance.choice(backend.services())
    _signal(process, signal.SIGSTOP)
    await asyncio.sleep(STOPPED)
    _signal(process, signal.SIGCONT)  # the runner may have replaced it meanwhile
    return ""


async def _cut_connections(backend: Backend, chance: random.Random) -> str:
    """Terminate every connection to one database, as an administrator or a failover does."""
    with suppress(psycopg.OperationalError, ServerDownError):  # the server itself was just killed
        name, url = chance.choice(backend.databases())
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(ALL_BACKENDS, [name])
    return ""


async def _cancel_requests(backend: Backend, chance: random.Random) -> str:
    """Ask many times at once, and leave before the answer: a tab that is closed."""
    headers = backend.headers("user_impatient")
    async with httpx2.AsyncClient(base_url=backend.url, headers=headers) as client:
        paths = [chance.choice(backend.paths) for _ in range(CANCELLED)]
        asked = [asyncio.create_task(_leave(client, path, chance.uniform(0, CANCEL_AFTER))) for path in paths]
        await asyncio.gather(*asked)
    return ""


async def _leave(client: httpx2.AsyncClient, path: str, after: float) -> None:
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(after):
            await client.get(path)


async def _fill_the_disk(backend: Backend, _: random.Random) -> str:
    """Leave no byte for a while: the database cannot write its log, and no process its own."""
    file = await asyncio.to_thread(fill, backend.folder.parent)
    try:
        await asyncio.sleep(FULL)
    finally:
        file.unlink()
    return next(each.name for each in backend.resources())


def _signal(process: Process, number: signal.Signals) -> str:
    with suppress(ProcessLookupError):  # it was killed a moment ago, and its successor is not there yet
        os.kill(process.pid, number)
    return process.name


KINDS = (
    Disturbance("kill a service", 60, _kill_service),
    Disturbance("kill the gateway or its agent", 10, _kill_gateway),
    Disturbance("kill a resource", 4, _kill_resource),
    Disturbance("stop a service for 1.5 s", 6, _stop_service),
    Disturbance("terminate a database's connections", 10, _cut_connections),
    Disturbance("cancel 40 requests", 10, _cancel_requests),
)

FULL_DISK = Disturbance("fill the disk for 3 s", 4, _fill_the_disk)  # where the backend has a disk of its own


def draw(chance: random.Random, kinds: Sequence[Disturbance] = KINDS) -> Disturbance:
    """Return one kind, drawn by weight."""
    return chance.choices(kinds, [each.weight for each in kinds])[0]
