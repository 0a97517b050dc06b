"""Two tenants at once on one small pool, as the services use it: no transaction ever sees a row of the other one.

Connections go from one tenant to the other all the time, and tasks are cancelled in the middle of a transaction: what a
connection was told must not outlive it.
"""

import asyncio
import random
import uuid

from psycopg.sql import SQL, Identifier

from stead.kit.database import Database
from tenancy import scope

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
TABLES = ("element", "relationship", "change", "counter")
WORKERS, TURNS = 12, 15
WRITE = """INSERT INTO element (tenant_id, kind, code, name, identifier)
VALUES (%(tenant)s, 'Node', 'NODE-' || %(name)s, %(name)s, %(name)s)"""
UPDATE = "UPDATE element SET name = name || '+', revision = revision + 1 RETURNING tenant_id"
STEAL = "INSERT INTO element (tenant_id, kind, code, name, identifier) VALUES (%(other)s, 'Node', 'x', 'x', 'x')"


class Load:
    """Workers that read, write, try to write into the other tenant, and leave in the middle."""

    def __init__(self, database, chance):
        self.database, self.chance = database, chance
        self.rows, self.stolen, self.strangers = 0, 0, []

    async def work(self, worker):
        for turn in range(TURNS):
            mine, other = self.chance.choice(((ONE, TWO), (TWO, ONE)))
            task = asyncio.create_task(self._transaction(mine, other, f"{worker}-{turn}"))
            if self.chance.random() < 0.2:
                await asyncio.sleep(self.chance.uniform(0, 0.004))
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _transaction(self, mine, other, name):
        async with scope.in_tenant(self.database, mine, "ann") as connection:
            await connection.execute(WRITE, {"tenant": mine, "name": name})
            for table in self.chance.sample(TABLES, 2):
                found = await connection.execute(SQL("SELECT tenant_id FROM {}").format(Identifier(table)))
                self._saw(mine, await found.fetchall())
            if self.chance.random() < 0.3:
                self._saw(mine, await (await connection.execute(UPDATE)).fetchall())
            if self.chance.random() < 0.1:
                await connection.execute(STEAL, {"other": other})  # the policy ends the transaction here
                self.stolen += 1

    def _saw(self, mine, rows):
        self.rows += len(rows)
        self.strangers += [row for row in rows if row["tenant_id"] != mine]


async def test_two_tenants_under_load_never_see_a_row_of_the_other(repository_database):
    database = Database(repository_database, size=3)
    await database.open()
    try:
        load = Load(database, random.Random(1))
        await asyncio.gather(*(load.work(worker) for worker in range(WORKERS)))
    finally:
        await database.close()
    assert (load.strangers, load.stolen) == ([], 0)
    assert load.rows > 1_000
