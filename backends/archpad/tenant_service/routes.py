"""What the tenant service answers."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from stead.kit.database import Connection
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.model.user_id import LONGEST
from tenancy.documents import document_route
from tenancy.revision import IfMatch
from tenant_service.contract import (
    Acceptance,
    Belonging,
    Invitation,
    Invitations,
    Members,
    Membership,
    Name,
    NewInvitation,
    Profile,
    RoleChange,
    Tenant,
    Tenants,
    Workspace,
    Workspaces,
)
from tenant_service.members import MemberStore
from tenant_service.tenants import TenantStore

TENANT = "/v1/tenants/{tenant_id:uuid}"
OfUser = Annotated[str, QueryParameter(min_length=1, max_length=LONGEST)]


@get("/v1/tenants")
async def tenants(user: User, store: TenantStore) -> Tenants:
    """List the tenants that I belong to."""
    return await store.of_user(user)


@post("/v1/tenants")
async def make_tenant(
    data: JSONBody[Name], user: User, attempt: IdempotencyKey, store: TenantStore, idempotency: Idempotency
) -> Response[Tenant]:
    """Make a tenant, with a workspace; I am its owner."""

    async def work(connection: Connection) -> Answer:
        made = await store.make(connection, data.name, user.id)
        assert made is not None  # its id is new
        return Answer(201, made, {"Location": f"/v1/tenants/{made.id}", "ETag": '"1"'})

    return await idempotency.run(attempt, work)


@get(TENANT)
async def tenant(tenant_id: FromPath[UUID], user: User, store: TenantStore) -> Response[Tenant]:
    """Return a tenant that I belong to."""
    found, etag = await store.read(tenant_id, user)
    return Response(found, headers={"ETag": etag})


@put(TENANT)
async def rename_tenant(
    tenant_id: FromPath[UUID],
    data: JSONBody[Name],
    user: User,
    attempt: IdempotencyKey,
    store: TenantStore,
    idempotency: Idempotency,
    if_match: IfMatch = None,
) -> Response[Tenant]:
    """Give a tenant another name."""

    async def work(connection: Connection) -> Answer:
        found, etag = await store.rename(connection, tenant_id, user, data.name, if_match)
        return Answer(200, found, {"ETag": etag})

    return await idempotency.run(attempt, work)


@get(f"{TENANT}/workspaces")
async def workspaces(tenant_id: FromPath[UUID], user: User, store: TenantStore) -> Workspaces:
    """List a tenant's workspaces."""
    return await store.workspaces(tenant_id, user)


@post(f"{TENANT}/workspaces")
async def make_workspace(
    tenant_id: FromPath[UUID],
    data: JSONBody[Name],
    user: User,
    attempt: IdempotencyKey,
    store: TenantStore,
    idempotency: Idempotency,
) -> Response[Workspace]:
    """Make a workspace."""

    async def work(connection: Connection) -> Answer:
        made = await store.make_workspace(connection, tenant_id, user, data.name)
        return Answer(201, made, {"ETag": made.etag})

    return await idempotency.run(attempt, work)


@put(f"{TENANT}/workspaces/{{workspace_id:uuid}}")
async def rename_workspace(
    tenant_id: FromPath[UUID],
    workspace_id: FromPath[UUID],
    data: JSONBody[Name],
    user: User,
    attempt: IdempotencyKey,
    store: TenantStore,
    idempotency: Idempotency,
    if_match: IfMatch = None,
) -> Response[Workspace]:
    """Give a workspace another name."""

    async def work(connection: Connection) -> Answer:
        found = await store.rename_workspace(connection, tenant_id, workspace_id, user, data.name, if_match)
        return Answer(200, found, {"ETag": found.etag})

    return await idempotency.run(attempt, work)


@delete(f"{TENANT}/workspaces/{{workspace_id:uuid}}")
async def delete_workspace(
    tenant_id: FromPath[UUID],
    workspace_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    store: TenantStore,
    idempotency: Idempotency,
    if_match: IfMatch = None,
) -> None:
    """Delete a workspace."""

    async def work(connection: Connection) -> Answer:
        await store.delete_workspace(connection, tenant_id, workspace_id, user, if_match)
        return Answer(204)

    return await idempotency.run(attempt, work)  # type: ignore[return-value]


@get(f"{TENANT}/members")
async def members(tenant_id: FromPath[UUID], user: User, people: MemberStore) -> Members:
    """List who belongs to a tenant."""
    return await people.members(tenant_id, user)


@put(f"{TENANT}/members/{{user_id:str}}", status_code=204)
async def set_role(
    tenant_id: FromPath[UUID],
    user_id: FromPath[str],
    data: JSONBody[RoleChange],
    user: User,
    attempt: IdempotencyKey,
    people: MemberStore,
    idempotency: Idempotency,
) -> None:
    """Give a member another role."""

    async def work(connection: Connection) -> Answer:
        await people.set_role(connection, tenant_id, user, user_id, data.role)
        return Answer(204)

    return await idempotency.run(attempt, work)  # type: ignore[return-value]


@delete(f"{TENANT}/members/{{user_id:str}}")
async def remove_member(
    tenant_id: FromPath[UUID],
    user_id: FromPath[str],
    user: User,
    attempt: IdempotencyKey,
    people: MemberStore,
    idempotency: Idempotency,
) -> None:
    """Remove a member, or leave."""

    async def work(connection: Connection) -> Answer:
        await people.remove(connection, tenant_id, user, user_id)
        return Answer(204)

    return await idempotency.run(attempt, work)  # type: ignore[return-value]


@put(f"{TENANT}/profile", status_code=204)
async def put_profile(
    tenant_id: FromPath[UUID],
    data: JSONBody[Profile],
    user: User,
    attempt: IdempotencyKey,
    people: MemberStore,
    idempotency: Idempotency,
) -> None:
    """Write how I am shown to the others of a tenant."""

    async def work(connection: Connection) -> Answer:
        await people.put_profile(connection, tenant_id, user, data)
        return Answer(204)

    return await idempotency.run(attempt, work)  # type: ignore[return-value]


@get(f"{TENANT}/invitations")
async def invitations(tenant_id: FromPath[UUID], user: User, people: MemberStore) -> Invitations:
    """List invitations that can still be taken; their tokens are not shown again."""
    return await people.invitations(tenant_id, user)


@post(f"{TENANT}/invitations")
async def invite(
    tenant_id: FromPath[UUID], data: JSONBody[NewInvitation], user: User, people: MemberStore
) -> Invitation:
    """Invite somebody. A try that is repeated makes another invitation: no token is kept to be answered again."""
    async with people.database.transaction() as connection:
        return await people.invite(connection, tenant_id, user, data)


@delete(f"{TENANT}/invitations/{{invitation_id:uuid}}")
async def withdraw(
    tenant_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    people: MemberStore,
    idempotency: Idempotency,
) -> None:
    """Withdraw an invitation."""

    async def work(connection: Connection) -> Answer:
        await people.withdraw(connection, tenant_id, user, invitation_id)
        return Answer(204)

    return await idempotency.run(attempt, work)  # type: ignore[return-value]


@post("/v1/invitations/accept", status_code=200)
async def accept(data: JSONBody[Acceptance], user: User, people: MemberStore) -> Belonging:
    """Take an invitation; to take it twice changes nothing."""
    async with people.database.transaction() as connection:
        return await people.accept(connection, user, data.token)


@get("/v1/memberships/{tenant_id:uuid}")
async def membership(tenant_id: FromPath[UUID], user_id: OfUser, store: TenantStore) -> Membership:
    """Tell another service as what a user belongs to a tenant."""
    return await store.membership(tenant_id, user_id)


HANDLERS = (
    document_route(__file__),
    tenants,
    make_tenant,
    tenant,
    rename_tenant,
    workspaces,
    make_workspace,
    rename_workspace,
    delete_workspace,
    members,
    set_role,
    remove_member,
    put_profile,
    invitations,
    invite,
    withdraw,
    accept,
    membership,
)
