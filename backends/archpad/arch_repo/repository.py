"""The way into a tenant's repository: first who may, then a transaction that sees this tenant alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from litestar import Response

from arch_repo.access import Access
from stead.kit.database import Connection, Database
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from tenancy.scope import enter_tenant, in_tenant
from tenancy.words import Role

Work = Callable[[Connection], Awaitable[Answer]]


class Repository:
    """All tenants' repositories; each question is asked inside of one."""

    def __init__(self, database: Database, access: Access, idempotency: Idempotency) -> None:
        self._database = database
        self._access = access
        self._idempotency = idempotency

    @asynccontextmanager
    async def reading(self, tenant_id: UUID, user: User) -> AsyncIterator[Connection]:
        """Hand out a transaction for a member who reads."""
        await self._access.check(tenant_id, user, "viewer")
        async with in_tenant(self._database, tenant_id, user.id) as connection:
            yield connection

    async def write(
        self, tenant_id: UUID, user: User, attempt: IdempotencyKey, work: Work, needed: Role = "editor"
    ) -> Response[Any]:
        """Do the work for a member who may write, once for the attempt's key."""
        await self._access.check(tenant_id, user, needed)

        async def inside(connection: Connection) -> Answer:
            await enter_tenant(connection, tenant_id, user.id)
            return await work(connection)

        return await self._idempotency.run(attempt, inside)
