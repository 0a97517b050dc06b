"""What the architecture repository answers about elements and relationships."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from arch_repo import elements as store
from arch_repo.contract import (
    Element,
    ElementDraft,
    Elements,
    Relationship,
    RelationshipDraft,
    Relationships,
)
from arch_repo.repository import Repository
from stead.kit.database import Connection
from stead.kit.idempotency import Answer
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from tenancy.revision import IfMatch

TENANT = "/v1/tenants/{tenant_id:uuid}"
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
After = Annotated[UUID | None, QueryParameter(description="`next` of the page before.")]
Word = Annotated[str | None, QueryParameter(max_length=64)]
InState = Annotated[str | None, QueryParameter(name="state", max_length=64)]
OfElement = Annotated[UUID | None, QueryParameter(description="An element at either end.")]


@get(f"{TENANT}/elements")
async def elements(
    tenant_id: FromPath[UUID],
    user: User,
    repository: Repository,
    kind: Word = None,
    in_state: InState = None,
    after: After = None,
    limit: Limit = 50,
) -> Elements:
    """List elements."""
    async with repository.reading(tenant_id, user) as connection:
        return await store.elements(connection, tenant_id, kind, in_state, after, limit)


@post(f"{TENANT}/elements")
async def make_element(
    tenant_id: FromPath[UUID], data: JSONBody[ElementDraft], user: User, attempt: IdempotencyKey, repository: Repository
) -> Response[Element]:
    """Add an element."""

    async def work(connection: Connection) -> Answer:
        made = await store.make_element(connection, tenant_id, data)
        return Answer(201, made, {"ETag": made.etag})

    return await repository.write(tenant_id, user, attempt, work)


@get(f"{TENANT}/elements/{{record_id:uuid}}")
async def element(
    tenant_id: FromPath[UUID], record_id: FromPath[UUID], user: User, repository: Repository
) -> Response[Element]:
    """Return an element."""
    async with repository.reading(tenant_id, user) as connection:
        found = await store.element(connection, tenant_id, record_id)
    return Response(found, headers={"ETag": found.etag})


@put(f"{TENANT}/elements/{{record_id:uuid}}")
async def replace_element(
    tenant_id: FromPath[UUID],
    record_id: FromPath[UUID],
    data: JSONBody[ElementDraft],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> Response[Element]:
    """Replace an element, as the one that If-Match names."""

    async def work(connection: Connection) -> Answer:
        found = await store.replace_element(connection, tenant_id, record_id, data, if_match)
        return Answer(200, found, {"ETag": found.etag})

    return await repository.write(tenant_id, user, attempt, work)


@delete(f"{TENANT}/elements/{{record_id:uuid}}")
async def delete_element(
    tenant_id: FromPath[UUID],
    record_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> None:
    """Delete an element, as the one that If-Match names."""

    async def work(connection: Connection) -> Answer:
        await store.delete_element(connection, tenant_id, record_id, if_match)
        return Answer(204)

    return await repository.write(tenant_id, user, attempt, work)  # type: ignore[return-value]


@get(f"{TENANT}/relationships")
async def relationships(
    tenant_id: FromPath[UUID],
    user: User,
    repository: Repository,
    kind: Word = None,
    element_id: OfElement = None,
    after: After = None,
    limit: Limit = 50,
) -> Relationships:
    """List relationships."""
    async with repository.reading(tenant_id, user) as connection:
        return await store.relationships(connection, tenant_id, kind, element_id, after, limit)


@post(f"{TENANT}/relationships")
async def make_relationship(
    tenant_id: FromPath[UUID],
    data: JSONBody[RelationshipDraft],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
) -> Response[Relationship]:
    """Add a relationship."""

    async def work(connection: Connection) -> Answer:
        made = await store.make_relationship(connection, tenant_id, data)
        return Answer(201, made, {"ETag": made.etag})

    return await repository.write(tenant_id, user, attempt, work)


@get(f"{TENANT}/relationships/{{record_id:uuid}}")
async def relationship(
    tenant_id: FromPath[UUID], record_id: FromPath[UUID], user: User, repository: Repository
) -> Response[Relationship]:
    """Return a relationship."""
    async with repository.reading(tenant_id, user) as connection:
        found = await store.relationship(connection, tenant_id, record_id)
    return Response(found, headers={"ETag": found.etag})


@put(f"{TENANT}/relationships/{{record_id:uuid}}")
async def replace_relationship(
    tenant_id: FromPath[UUID],
    record_id: FromPath[UUID],
    data: JSONBody[RelationshipDraft],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> Response[Relationship]:
    """Replace a relationship, as the one that If-Match names."""

    async def work(connection: Connection) -> Answer:
        found = await store.replace_relationship(connection, tenant_id, record_id, data, if_match)
        return Answer(200, found, {"ETag": found.etag})

    return await repository.write(tenant_id, user, attempt, work)


@delete(f"{TENANT}/relationships/{{record_id:uuid}}")
async def delete_relationship(
    tenant_id: FromPath[UUID],
    record_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    repository: Repository,
    if_match: IfMatch = None,
) -> None:
    """Delete a relationship, as the one that If-Match names."""

    async def work(connection: Connection) -> Answer:
        await store.delete_relationship(connection, tenant_id, record_id, if_match)
        return Answer(204)

    return await repository.write(tenant_id, user, attempt, work)  # type: ignore[return-value]


ELEMENT_HANDLERS = (
    elements,
    make_element,
    element,
    replace_element,
    delete_element,
    relationships,
    make_relationship,
    relationship,
    replace_relationship,
    delete_relationship,
)
