"""Batches: what comes for one event at once shares a transaction, and nobody suffers for another's mistake."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
import pytest

from stead.kit import idempotency
from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import Answer
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.migrations import Migrations
from stead.services.events import app as events_app
from stead.services.events.batches import Batches
from stead.services.events.inventory import Inventory
from stead.services.events.messages import Messages

EVENT = """
INSERT INTO organizer (slug, title, description, owner) VALUES ('club', 'The club', '', 'olga');
INSERT INTO event (organizer, title, description, starts_at, ends_at, price, currency, status, capacity, created_by)
VALUES ('club', 'A trip', '', now() + interval '1 day', now() + interval '2 days', 0, 'RUB', 'published', 9, 'olga')
RETURNING id
"""
NO_KEY = IdempotencyKey(None, "ann", b"")


class SpoiledError(Exception):
    """What one request does to its transaction."""


@asynccontextmanager
async def opened(database_url):
    """Open the batches of a database with one event, and yield both."""
    tables = [idempotency.MIGRATIONS, Migrations.beside(events_app.__file__, "events")]
    database = Database(database_url, migrations=tables, size=2)
    await database.open()
    with psycopg.connect(database_url) as connection:
        for statement in EVENT.split(";"):
            cursor = connection.execute(statement)
        event = cursor.fetchone()[0]
    day = timedelta(days=1)
    batches = Batches(database, Inventory(Messages(None, frozenset()), hold=day, offer=day))
    yield batches, event
    await batches.close()
    assert not batches._waiting
    await database.close()


async def well(_):
    return Answer(204)


async def test_those_who_come_at_once_share_a_transaction_and_a_broken_one_harms_nobody(database_url):
    async with opened(database_url) as (batches, event):
        transactions = []

        async def noted(locked):
            row = await (await locked.connection.execute("SELECT pg_current_xact_id()::text AS id")).fetchone()
            transactions.append(row["id"])
            return Answer(204)

        async def refused(_):
            raise HttpProblem(409, "sales_closed", "no")

        async def broken(_):
            raise SpoiledError

        works = [noted] * 10 + [refused] + [noted] * 10
        outcomes = await asyncio.gather(*(batches.run(event, NO_KEY, work) for work in works), return_exceptions=True)
        assert [getattr(each, "status_code", None) or each.status for each in outcomes] == [204] * 10 + [409] + [
            204
        ] * 10
        assert len(set(transactions)) == 1

        works = [well, well, broken, well]
        outcomes = await asyncio.gather(*(batches.run(event, NO_KEY, work) for work in works), return_exceptions=True)
        assert [type(each).__name__ for each in outcomes] == ["Response", "Response", "SpoiledError", "Response"]
        with pytest.raises(HttpProblem, match="No such event"):
            await batches.run(type(event)(int=1), NO_KEY, well)


async def test_a_statement_that_is_too_slow_is_told_to_the_one_whose_it_is(database_url):
    async with opened(database_url) as (batches, event):

        async def slow(locked):
            await locked.connection.execute("SET LOCAL statement_timeout = 50")
            await locked.connection.execute("SELECT pg_sleep(5)")

        works = [well, slow, well]
        outcomes = await asyncio.gather(*(batches.run(event, NO_KEY, work) for work in works), return_exceptions=True)
        assert [type(each).__name__ for each in outcomes] == ["Response", "HttpProblem", "Response"]
        assert outcomes[1].code == "database_busy"


async def test_what_was_refused_at_its_deadline_while_the_event_was_locked_is_not_done(database_url):
    async with opened(database_url) as (batches, event):
        done = []

        async def noted(_):
            done.append(True)
            return Answer(204)

        async with await psycopg.AsyncConnection.connect(database_url) as holder:
            await holder.execute("SELECT id FROM event FOR UPDATE")
            late = [asyncio.create_task(batches.run(event, NO_KEY, noted)) for _ in range(3)]
            await asyncio.sleep(0.3)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await batches.run(event, NO_KEY, well)
        assert done == []
