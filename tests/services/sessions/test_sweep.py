"""Ended sessions and old claims leave PostgreSQL by themselves; in Redis every key has its end."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from redis.asyncio import Redis as Client

from stead.services.sessions import rules
from stead.services.sessions.contract import NewSession
from stead.services.sessions.store import Claim, Fresh

LIMITS = rules.Limits(timedelta(minutes=1), timedelta(minutes=2), timedelta(seconds=10))


def fresh(number):
    claim = Claim(bytes([number]) * 32, b"body")
    return Fresh(rules.new_id(), bytes([number]) * 32, NewSession("user_1", "telegram"), b"n" * 32, claim)


@pytest.mark.parametrize("kind", ["postgres"])
async def test_postgres_is_swept(store, environ):
    async with store() as opened:
        for number in range(3):
            await opened.create(fresh(100 + number), LIMITS)
        with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("UPDATE session SET idle_expires_at = now() - interval '2 hours'")
            connection.execute("UPDATE claim SET made_at = now() - interval '25 hours'")
            await opened.create(fresh(1), LIMITS)
            tables = ("session", "token", "claim")
            left = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
        assert left == [1, 1, 1]


@pytest.mark.parametrize("kind", ["redis"])
async def test_every_key_in_redis_has_its_end(store, redis_server):
    async with store() as opened:
        made = fresh(1)
        await opened.create(made, LIMITS)
        await opened.rotate(made.id, made.digest, b"s" * 32, b"n" * 32, LIMITS)
        await opened.end_all("user_1", made.id)
        await opened.create(fresh(2), LIMITS)
        client = Client.from_url(redis_server.url())
        try:
            keys = [key async for key in client.scan_iter(f"{opened._redis.prefix}:*")]
            ends = await asyncio.gather(*(client.pttl(key) for key in keys))
        finally:
            await client.aclose()
        assert len(keys) == 9
        assert min(ends) > 0
