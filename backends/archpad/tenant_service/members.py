"""Members, their roles and profiles, and the invitations by which they come.

An invitation's token says its tenant, so that it is looked up inside of that tenant and nowhere else; its secret is 256
random bits, of which the database has the SHA-256 alone.
"""

import secrets
from hashlib import sha256
from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.user import User
from tenancy.scope import enter_tenant
from tenancy.words import Role, at_least
from tenant_service.contract import Belonging, Invitation, Invitations, Member, Members, NewInvitation, Profile
from tenant_service.tenants import QUERIES, enter, one


class MemberStore:
    """Who belongs to a tenant."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def members(self, tenant_id: UUID, user: User) -> Members:
        async with self.database.transaction() as connection:
            await enter(connection, tenant_id, user, "viewer")
            rows = await (await connection.execute(QUERIES["members"], {"tenant": tenant_id})).fetchall()
        return Members([Member(**row) for row in rows])

    async def put_profile(self, connection: Connection, tenant_id: UUID, user: User, profile: Profile) -> None:
        await enter(connection, tenant_id, user, "viewer")
        values = {"tenant": tenant_id, "user": user.id, "name": profile.name}
        await connection.execute(QUERIES["put_profile"], {**values, "email": profile.email, "title": profile.title})

    async def set_role(self, connection: Connection, tenant_id: UUID, user: User, member: str, role: Role) -> None:
        mine = await enter(connection, tenant_id, user, "admin")
        await self._may_change(connection, tenant_id, mine, member, leaves=role != "owner")
        _may_give(mine, role)
        await connection.execute(QUERIES["set_role"], {"tenant": tenant_id, "user": member, "role": role})

    async def remove(self, connection: Connection, tenant_id: UUID, user: User, member: str) -> None:
        """Remove a member; everyone may leave by themselves."""
        mine = await enter(connection, tenant_id, user, "viewer" if member == user.id else "admin")
        await self._may_change(connection, tenant_id, mine, member, leaves=True)
        await connection.execute(QUERIES["remove_member"], {"tenant": tenant_id, "user": member})

    async def invite(self, connection: Connection, tenant_id: UUID, user: User, new: NewInvitation) -> Invitation:
        _may_give(await enter(connection, tenant_id, user, "admin"), new.role)
        secret = secrets.token_urlsafe(32)
        values = {"tenant": tenant_id, "role": new.role, "email": new.email, "user": user.id, "days": new.days}
        row = await one(connection, "invite", **values, secret=_digest(secret))
        assert row is not None
        return invitation_of(row, f"{tenant_id.hex}.{secret}")

    async def invitations(self, tenant_id: UUID, user: User) -> Invitations:
        async with self.database.transaction() as connection:
            await enter(connection, tenant_id, user, "admin")
            rows = await (await connection.execute(QUERIES["invitations"], {"tenant": tenant_id})).fetchall()
        return Invitations([invitation_of(row) for row in rows])

    async def withdraw(self, connection: Connection, tenant_id: UUID, user: User, invitation_id: UUID) -> None:
        await enter(connection, tenant_id, user, "admin")
        values = {"tenant": tenant_id, "invitation": invitation_id}
        if not (await connection.execute(QUERIES["delete_invitation"], values)).rowcount:
            raise unknown_invitation()

    async def accept(self, connection: Connection, user: User, token: str) -> Belonging:
        """Have a user belong to the tenant of an invitation; again, by the same user, changes nothing."""
        hexadecimal, _, secret = token.partition(".")
        tenant_id = UUID(hexadecimal)
        await enter_tenant(connection, tenant_id, user.id)
        row = await one(connection, "take_invitation", tenant=tenant_id, secret=_digest(secret), user=user.id)
        tenant = await one(connection, "tenant", tenant=tenant_id)
        if row is None or tenant is None:
            raise unknown_invitation()
        values = {"tenant": tenant_id, "user": user.id}
        await connection.execute(QUERIES["add_member"], {**values, "role": row["role"]})
        member = await one(connection, "role", **values)
        assert member is not None
        return Belonging(tenant_id, tenant["name"], member["role"])

    async def _may_change(
        self, connection: Connection, tenant_id: UUID, mine: Role, member: str, *, leaves: bool
    ) -> None:
        """Refuse to change who is not there, who stands above, and the last owner who would be owner no more."""
        await one(connection, "lock_tenant", tenant=tenant_id)
        row = await one(connection, "role", tenant=tenant_id, user=member)
        if row is None:
            raise HttpProblem(404, "unknown_member", "No such member.")
        _may_give(mine, row["role"])
        others = await one(connection, "other_owners", tenant=tenant_id, user=member)
        if row["role"] == "owner" and leaves and others is not None and not others["owners"]:
            raise HttpProblem(409, "last_owner", "A tenant has an owner; make somebody else one first.")


def _may_give(mine: Role, role: Role) -> None:
    if not at_least(mine, role):
        raise HttpProblem(403, "role_missing", f"Only the role {role}, or one above it, may do this.")


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def invitation_of(row: DictRow, token: str | None = None) -> Invitation:
    names = ("id", "role", "email", "created_by", "created_at", "expires_at")
    return Invitation(**{name: row[name] for name in names}, token=token)


def unknown_invitation() -> HttpProblem:
    return HttpProblem(404, "unknown_invitation", "No such invitation: it was taken, withdrawn, or is over.")
