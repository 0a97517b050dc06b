"""Tenants and their workspaces. Who does not belong to a tenant is not told that there is one."""

from uuid import UUID, uuid4

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.kit.user import User
from tenancy.revision import check_revision, tag
from tenancy.scope import enter_tenant, in_tenant, of_user
from tenancy.words import Role, at_least
from tenant_service.contract import Belonging, Membership, Tenant, Tenants, Workspace, Workspaces

QUERIES = Queries.beside(__file__)
WORKSPACE = "Main"  # the workspace that each tenant begins with


async def one(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()


async def enter(connection: Connection, tenant_id: UUID, user: User, needed: Role) -> Role:
    """Enter a tenant as one of its members, and return their role; HttpProblem 404 or 403 when they may not.

    A token that is good for some tenants only is held to them, whatever else its user belongs to.
    """
    await enter_tenant(connection, tenant_id, user.id)
    row = await one(connection, "role", tenant=tenant_id, user=user.id)
    if row is None or (user.tenants is not None and str(tenant_id) not in user.tenants):
        raise HttpProblem(404, "unknown_tenant", "No such tenant.")
    role: Role = row["role"]
    if not at_least(role, needed):
        raise HttpProblem(403, "role_missing", f"Only the role {needed}, or one above it, may do this.")
    return role


class TenantStore:
    """All tenants; each question is asked inside of one."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def of_user(self, user: User) -> Tenants:
        async with of_user(self.database, user.id) as connection:
            rows = await (await connection.execute(QUERIES["tenants_of_user"], {"user": user.id})).fetchall()
        shown = (row for row in rows if user.tenants is None or str(row["id"]) in user.tenants)
        return Tenants([Belonging(row["id"], row["name"], row["role"]) for row in shown])

    async def read(self, tenant_id: UUID, user: User) -> tuple[Tenant, str]:
        """Return a tenant and its ETag."""
        async with self.database.transaction() as connection:
            await enter(connection, tenant_id, user, "viewer")
            row = await one(connection, "tenant", tenant=tenant_id)
        assert row is not None  # its member has just been found
        return tenant_of(row)

    async def make(self, connection: Connection, name: str, owner: str, tenant_id: UUID | None = None) -> Tenant | None:
        """Make a tenant with its first workspace and its owner; None when it is there already."""
        tenant_id = tenant_id or uuid4()
        await enter_tenant(connection, tenant_id, owner)
        row = await one(connection, "make_tenant", tenant=tenant_id, name=name, user=owner)
        if row is None:
            return None
        await connection.execute(QUERIES["add_member"], {"tenant": tenant_id, "user": owner, "role": "owner"})
        await connection.execute(QUERIES["make_workspace"], {"tenant": tenant_id, "name": WORKSPACE, "user": owner})
        return tenant_of(row)[0]

    async def rename(
        self, connection: Connection, tenant_id: UUID, user: User, name: str, if_match: str | None
    ) -> tuple[Tenant, str]:
        await enter(connection, tenant_id, user, "admin")
        locked = await one(connection, "lock_tenant", tenant=tenant_id)
        assert locked is not None
        check_revision(if_match, locked["revision"])
        row = await one(connection, "rename_tenant", tenant=tenant_id, name=name, user=user.id)
        assert row is not None
        return tenant_of(row)

    async def workspaces(self, tenant_id: UUID, user: User) -> Workspaces:
        async with self.database.transaction() as connection:
            await enter(connection, tenant_id, user, "viewer")
            rows = await (await connection.execute(QUERIES["workspaces"], {"tenant": tenant_id})).fetchall()
        return Workspaces([workspace_of(row) for row in rows])

    async def make_workspace(self, connection: Connection, tenant_id: UUID, user: User, name: str) -> Workspace:
        await enter(connection, tenant_id, user, "editor")
        row = await one(connection, "make_workspace", tenant=tenant_id, name=name, user=user.id)
        if row is None:
            raise name_taken()
        return workspace_of(row)

    async def rename_workspace(
        self, connection: Connection, tenant_id: UUID, workspace_id: UUID, user: User, name: str, if_match: str | None
    ) -> Workspace:
        await self._lock_workspace(connection, tenant_id, workspace_id, user, if_match)
        others = await (await connection.execute(QUERIES["workspaces"], {"tenant": tenant_id})).fetchall()
        if any(row["name"] == name and row["id"] != workspace_id for row in others):
            raise name_taken()
        values = {"tenant": tenant_id, "workspace": workspace_id, "name": name, "user": user.id}
        row = await one(connection, "rename_workspace", **values)
        assert row is not None
        return workspace_of(row)

    async def delete_workspace(
        self, connection: Connection, tenant_id: UUID, workspace_id: UUID, user: User, if_match: str | None
    ) -> None:
        await self._lock_workspace(connection, tenant_id, workspace_id, user, if_match)
        await connection.execute(QUERIES["delete_workspace"], {"tenant": tenant_id, "workspace": workspace_id})

    async def membership(self, tenant_id: UUID, user_id: str) -> Membership:
        async with in_tenant(self.database, tenant_id, user_id) as connection:
            row = await one(connection, "role", tenant=tenant_id, user=user_id)
        return Membership(row["role"] if row else None)

    async def _lock_workspace(
        self, connection: Connection, tenant_id: UUID, workspace_id: UUID, user: User, if_match: str | None
    ) -> None:
        await enter(connection, tenant_id, user, "editor")
        await one(connection, "lock_tenant", tenant=tenant_id)  # names are compared while nobody else gives one
        row = await one(connection, "workspace", tenant=tenant_id, workspace=workspace_id)
        if row is None:
            raise HttpProblem(404, "unknown_workspace", "No such workspace.")
        check_revision(if_match, row["revision"])


def tenant_of(row: DictRow) -> tuple[Tenant, str]:
    names = ("id", "name", "created_at", "created_by", "changed_at", "changed_by")
    return Tenant(*(row[name] for name in names)), tag(row["revision"])


def workspace_of(row: DictRow) -> Workspace:
    about = (row[name] for name in ("created_at", "created_by", "changed_at", "changed_by"))
    return Workspace(row["id"], row["name"], tag(row["revision"]), *about)


def name_taken() -> HttpProblem:
    return HttpProblem(409, "name_taken", "A workspace of this tenant has this name.")
