"""Elements, and the relationships between them."""

from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import asdict
from psycopg import errors
from psycopg.rows import DictRow

from arch_repo.archimate import ELEMENT_STATES, LAYER_OF, PREFIXES, may_become
from arch_repo.contract import (
    Element,
    ElementDraft,
    Elements,
    Relationship,
    RelationshipDraft,
    Relationships,
)
from arch_repo.records import FIRST_ID, QUERIES, every, in_use, jsonb, locked, numbers, one, page, unknown, written
from stead.kit.cleanup import Protected
from stead.kit.database import Connection
from stead.kit.http_problem import HttpProblem
from tenancy.revision import tag


async def elements(
    connection: Connection, tenant_id: UUID, kind: str | None, state: str | None, after: UUID | None, limit: int
) -> Elements:
    asked = {"kind": kind, "state": state, "after": after or FIRST_ID, "limit": limit + 1}
    rows, following = page(await every(connection, "elements", tenant=tenant_id, **asked), limit)
    return Elements([element_of(row) for row in rows], following)


async def element(connection: Connection, tenant_id: UUID, element_id: UUID) -> Element:
    row = await one(connection, "element", tenant=tenant_id, id=element_id)
    if row is None:
        raise unknown("element")
    return element_of(row)


async def make_element(connection: Connection, tenant_id: UUID, draft: ElementDraft) -> Element:
    element_id = uuid4()
    prefix = PREFIXES[draft.kind]
    (number,) = await numbers(connection, tenant_id, prefix)
    named = {"id": element_id, "code": f"{prefix}-{number}", "identifier": f"id-{element_id}"}
    values = {**asdict(draft), "properties": jsonb(draft.properties)}
    return element_of(await written(connection, "make_element", tenant=tenant_id, **named, **values))


async def replace_element(
    connection: Connection, tenant_id: UUID, element_id: UUID, draft: ElementDraft, if_match: str | None
) -> Element:
    row = await locked(connection, "element", tenant_id, element_id, if_match)
    if row["kind"] != draft.kind:
        raise HttpProblem(409, "kind_is_fixed", f"{row['code']} stays of the kind {row['kind']}.")
    if not may_become(ELEMENT_STATES, row["state"], draft.state):
        raise not_allowed(row["state"], draft.state)
    values = {**asdict(draft), "properties": jsonb(draft.properties)}
    return element_of(await written(connection, "replace_element", tenant=tenant_id, id=element_id, **values))


async def delete_element(connection: Connection, tenant_id: UUID, element_id: UUID, if_match: str | None) -> None:
    await locked(connection, "element", tenant_id, element_id, if_match)
    try:
        await deleted(connection, "delete_element", tenant_id, element_id)
    except errors.ForeignKeyViolation:
        raise in_use("a relationship or a variant") from None


async def relationships(
    connection: Connection, tenant_id: UUID, kind: str | None, element_id: UUID | None, after: UUID | None, limit: int
) -> Relationships:
    asked = {"kind": kind, "element": element_id, "after": after or FIRST_ID, "limit": limit + 1}
    rows, following = page(await every(connection, "relationships", tenant=tenant_id, **asked), limit)
    return Relationships([relationship_of(row) for row in rows], following)


async def relationship(connection: Connection, tenant_id: UUID, relationship_id: UUID) -> Relationship:
    row = await one(connection, "relationship", tenant=tenant_id, id=relationship_id)
    if row is None:
        raise unknown("relationship")
    return relationship_of(row)


async def make_relationship(connection: Connection, tenant_id: UUID, draft: RelationshipDraft) -> Relationship:
    await _check_ends(connection, tenant_id, draft)
    relationship_id = uuid4()
    named = {"id": relationship_id, "identifier": f"id-{relationship_id}"}
    values = {**asdict(draft), "properties": jsonb(draft.properties)}
    return relationship_of(await written(connection, "make_relationship", tenant=tenant_id, **named, **values))


async def replace_relationship(
    connection: Connection, tenant_id: UUID, relationship_id: UUID, draft: RelationshipDraft, if_match: str | None
) -> Relationship:
    await locked(connection, "relationship", tenant_id, relationship_id, if_match)
    await _check_ends(connection, tenant_id, draft)
    values = {**asdict(draft), "properties": jsonb(draft.properties)}
    return relationship_of(
        await written(connection, "replace_relationship", tenant=tenant_id, id=relationship_id, **values)
    )


async def delete_relationship(
    connection: Connection, tenant_id: UUID, relationship_id: UUID, if_match: str | None
) -> None:
    await locked(connection, "relationship", tenant_id, relationship_id, if_match)
    await deleted(connection, "delete_relationship", tenant_id, relationship_id)


async def check_elements(connection: Connection, tenant_id: UUID, ids: list[UUID]) -> None:
    """HttpProblem 422 that names the elements which are not in the tenant: another tenant's are no elements here."""
    rows = await every(connection, "unknown_elements", tenant=tenant_id, ids=ids)
    if rows:
        named = ", ".join(sorted(str(row["id"]) for row in rows))
        raise HttpProblem(422, "unknown_reference", f"No such element: {named}.")


async def _check_ends(connection: Connection, tenant_id: UUID, draft: RelationshipDraft) -> None:
    await check_elements(connection, tenant_id, [draft.source_id, draft.target_id])


async def deleted(connection: Connection, query: str, tenant_id: UUID, record_id: UUID) -> None:
    """Delete inside of a savepoint, so that a row that is in use leaves the transaction as it was."""
    async with Protected(connection.transaction()):
        await connection.execute(QUERIES[query], {"tenant": tenant_id, "id": record_id})


def element_of(row: DictRow) -> Element:
    return Element(layer=LAYER_OF[row["kind"]], etag=tag(row["revision"]), **_shown(row, Element))


def relationship_of(row: DictRow) -> Relationship:
    return Relationship(etag=tag(row["revision"]), **_shown(row, Relationship))


def _shown(row: DictRow, kind: type[Element] | type[Relationship]) -> dict[str, Any]:
    return {name: row[name] for name in kind.__struct_fields__ if name in row}


def not_allowed(now: str, then: str) -> HttpProblem:
    return HttpProblem(409, "transition_not_allowed", f"What is {now} does not become {then}.")
