"""Who may do what in a tenant: the tenant service says so, and its answer is believed for some seconds."""

import time
from uuid import UUID

from stead.kit.http_problem import HttpProblem
from stead.kit.user import User
from tenancy.words import Role, at_least
from tenant_service.contract import TenantsClient

MOST = 10_000  # answers that are remembered at once


class Access:
    """Asks about memberships. A removed member is let in for `seconds` more at the most."""

    def __init__(self, tenants: TenantsClient, seconds: float) -> None:
        self._tenants = tenants
        self._seconds = seconds
        self._known: dict[tuple[UUID, str], tuple[float, Role | None]] = {}

    async def check(self, tenant_id: UUID, user: User, needed: Role) -> None:
        """HttpProblem 404 for who does not belong to the tenant, 403 for whose role is too low.

        A token that is good for some tenants only is held to them, whatever else its user belongs to.
        """
        if user.tenants is not None and str(tenant_id) not in user.tenants:
            raise unknown_tenant()
        role = await self._role(tenant_id, user.id)
        if role is None:
            raise unknown_tenant()
        if not at_least(role, needed):
            raise HttpProblem(403, "role_missing", f"Only the role {needed}, or one above it, may do this.")

    async def _role(self, tenant_id: UUID, user_id: str) -> Role | None:
        until, role = self._known.get((tenant_id, user_id), (0.0, None))
        if time.monotonic() < until:
            return role
        role = await self._tenants.role(tenant_id, user_id)
        if len(self._known) >= MOST:
            self._known.clear()
        if role is not None:  # who is invited this moment is let in at once
            self._known[tenant_id, user_id] = (time.monotonic() + self._seconds, role)
        return role


def unknown_tenant() -> HttpProblem:
    return HttpProblem(404, "unknown_tenant", "No such tenant.")
