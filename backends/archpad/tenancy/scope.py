"""A transaction for one tenant, or for one user's own memberships: PostgreSQL shows it nothing else.

Row-level security compares each row with a setting of the transaction. It holds for the role that owns the tables too
(FORCE ROW LEVEL SECURITY), so that a query that forgets its tenant finds nothing, and not everything. A condition in
every query, the rejected option, is right until somebody forgets one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from stead.kit.database import Connection, Database
from stead.kit.migrations import Migrations

MIGRATIONS = Migrations.beside(__file__, "tenancy")
ENTER = """
SELECT set_config('archpad.tenant', %(tenant)s, true), set_config('archpad.user', %(user)s, true),
       set_config('archpad.actor', %(actor)s, true)
"""


async def enter_tenant(connection: Connection, tenant_id: UUID, actor: str) -> None:
    """Have the rest of the transaction see this tenant alone; `actor` is noted in the history of what it changes."""
    await connection.execute(ENTER, {"tenant": str(tenant_id), "user": "", "actor": actor})


async def enter_user(connection: Connection, user_id: str) -> None:
    """Have the rest of the transaction see this user's own memberships, in all tenants, and nothing else."""
    await connection.execute(ENTER, {"tenant": "", "user": user_id, "actor": ""})


@asynccontextmanager
async def in_tenant(database: Database, tenant_id: UUID, actor: str) -> AsyncIterator[Connection]:
    """Hand out a transaction that sees this tenant alone."""
    async with database.transaction() as connection:
        await enter_tenant(connection, tenant_id, actor)
        yield connection


@asynccontextmanager
async def of_user(database: Database, user_id: str) -> AsyncIterator[Connection]:
    """Hand out a transaction that sees this user's own memberships."""
    async with database.transaction() as connection:
        await enter_user(connection, user_id)
        yield connection
