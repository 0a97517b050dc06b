"""The verdict: what must hold when the disturbances are over. Each fault is one line."""

import asyncio
from collections.abc import Callable, Iterator
from importlib import import_module
from runpy import run_path
from typing import Any

import httpx2
import psycopg

from campaign.backend import Backend

SETTLES = 60.0  # seconds in which everything has to be well again, and every message delivered
WAITING = """SELECT string_agg(DISTINCT format('%s %s, tried %s times, next %s', task_name, status, attempts,
                                    coalesce(scheduled_at::text, 'at once')), '; ')
             FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now()"""
HAS_OUTBOX = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
HELD = """SELECT count(*) FROM pg_stat_activity
          WHERE datname = %s AND state LIKE 'idle in transaction%%' AND state_change < now() - interval '3 seconds'"""
GROWN = 1.5  # times as much memory or as many descriptors as at the beginning is a leak
SPARE = (32.0, 64)  # MB and descriptors that may come beside it


async def verdict(backend: Backend, before: tuple[float, int]) -> list[str]:
    """Wait until the backend has settled, and return all that is wrong with it."""
    found = await _settled(backend)
    checks = (lambda: list(_invariants(backend)), lambda: list(_held(backend)), lambda: list(_grown(backend, before)))
    for check in checks:
        found += await asyncio.to_thread(check)
    return found


async def _settled(backend: Backend) -> list[str]:
    faults: list[str] = ["it was not looked at"]
    for _ in range(int(SETTLES)):
        faults = [*_unwell(backend), *await _unready(backend), *_undelivered(backend)]
        if not faults:
            return []
        await asyncio.sleep(1)
    return faults


def _unwell(backend: Backend) -> Iterator[str]:
    there = {each.name: each.state for each in backend.processes()}
    for name in (each.name for each in backend.description.services):
        if there.get(name) != "healthy":
            yield f"{name} is {there.get(name, 'missing')}"


async def _unready(backend: Backend) -> list[str]:
    async with httpx2.AsyncClient(timeout=5) as client:
        return [each for name, url in backend.found.urls.items() if (each := await _readiness(client, name, url))]


async def _readiness(client: httpx2.AsyncClient, name: str, url: str) -> str:
    try:
        answer = await client.get(f"{url}/readyz")
    except httpx2.TransportError as error:
        return f"/readyz of {name}: {type(error).__name__}"
    return "" if answer.status_code in (200, 404) else f"/readyz of {name} answers {answer.status_code}: {answer.text}"


def _undelivered(backend: Backend) -> Iterator[str]:
    for name, url in backend.databases():
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                if _one(connection, HAS_OUTBOX) and (waiting := _one(connection, WAITING)):
                    yield f"messages wait in {name}: {waiting}"
        except psycopg.OperationalError as error:  # the server was killed last, and is not there again yet
            yield f"the database {name}: {type(error).__name__}"


def _held(backend: Backend) -> Iterator[str]:
    for name, url in backend.databases():
        with psycopg.connect(url, autocommit=True) as connection:
            if count := _one(connection, HELD, [name]):
                yield f"{count} connections to {name} hold a transaction that nobody ends"


def _invariants(backend: Backend) -> Iterator[str]:
    for service, named, url in backend.invariants():
        module, _, name = named.partition(":")
        check: Callable[[str], Any] = getattr(import_module(module), name)
        report = check(url)
        if not report.clean:
            yield f"{service}: {report}"
    yield from _across(backend)


def _across(backend: Backend) -> list[str]:
    """Return what the backend's own `invariants.py` says of all its databases together; nothing without that file."""
    file = backend.folder / "invariants.py"
    if not file.is_file():
        return []
    faults: list[str] = run_path(str(file))["faults"](backend.database_of)
    return faults


def _grown(backend: Backend, before: tuple[float, int]) -> Iterator[str]:
    for what, now, then, spare in zip(("MB", "descriptors"), backend.size(), before, SPARE, strict=True):
        if now > then * GROWN + spare:
            yield f"the services have {now:.0f} {what}, and had {then:.0f}"


def _one(connection: psycopg.Connection[tuple[Any, ...]], query: str, words: list[str] | None = None) -> Any:
    row = connection.execute(query, words).fetchone()
    return row[0] if row else None
