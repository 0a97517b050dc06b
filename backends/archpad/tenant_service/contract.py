"""What goes over the wire to and from the tenant service.

Errors, by code: 404 `unknown_tenant` (also to who does not belong to it), `unknown_workspace`, `unknown_member`,
`unknown_invitation`; 403 `role_missing`; 409 `name_taken`, `last_owner`; 412 `changed_meanwhile`; 428
`precondition_required`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tenancy.words import Line, OptionalLine, Role

if TYPE_CHECKING:
    from stead.kit.service_client import ServiceClient

Email = Annotated[str, Meta(max_length=254, pattern=r"^(?:[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+)?(?![\s\S])")]
Token = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\.[A-Za-z0-9_-]{43}(?![\s\S])")]


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """A name to give."""

    name: Line


class Tenant(Struct, frozen=True):
    """A tenant."""

    id: UUID
    name: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Belonging(Struct, frozen=True):
    """A tenant that I belong to, and as what."""

    id: UUID
    name: str
    role: Role


class Tenants(Struct, frozen=True):
    """The tenants that I belong to, by name."""

    tenants: list[Belonging]


class Workspace(Struct, frozen=True):
    """A workspace; `etag` goes into If-Match."""

    id: UUID
    name: str
    etag: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Workspaces(Struct, frozen=True):
    """A tenant's workspaces, by name."""

    workspaces: list[Workspace]


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """How a member is shown to the others of the tenant."""

    name: Line
    email: Email = ""
    title: OptionalLine = ""


class Member(Struct, frozen=True):
    """Who belongs to a tenant; name, email and title are empty until they have written a profile."""

    user_id: str
    role: Role
    since: datetime
    name: str
    email: str
    title: str


class Members(Struct, frozen=True):
    """A tenant's members, in the order of coming."""

    members: list[Member]


class RoleChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The role to give."""

    role: Role


class NewInvitation(Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation to make. `email` is a note of whom it is for; `days` is how long it is good."""

    role: Role = "viewer"
    email: Email = ""
    days: Annotated[int, Meta(ge=1, le=90)] = 7


class Invitation(Struct, frozen=True):
    """An invitation; `token` only in the answer to who made it, once."""

    id: UUID
    role: Role
    email: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    token: str | None = None

    def __repr__(self) -> str:
        return f"Invitation(id={self.id!r})"


class Invitations(Struct, frozen=True):
    """Invitations that can still be taken, oldest first."""

    invitations: list[Invitation]


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation's token."""

    token: Token

    def __repr__(self) -> str:
        return "Acceptance()"


class Membership(Struct, frozen=True):
    """As what a user belongs to a tenant; null when they do not, or there is no such tenant."""

    role: Role | None


class TenantsClient:
    """The tenant service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def role(self, tenant_id: UUID, user_id: str) -> Role | None:
        """Return a user's role in a tenant; None when they have none."""
        path = f"/v1/memberships/{tenant_id}"
        found = await self._peer.ask(
            "GET", path, operation="membership", params={"user_id": user_id}, answer=Membership
        )
        return found.role
