"""Solutions: decision records with their variants and views, and the directories of reference data."""

from uuid import UUID, uuid4

import msgspec
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from arch_repo.archimate import SOLUTION, SOLUTION_STATES, may_become
from arch_repo.contract import (
    Entries,
    Entry,
    EntryDraft,
    Solution,
    SolutionDraft,
    SolutionLine,
    Solutions,
    Variant,
    View,
    ViewNode,
)
from arch_repo.elements import check_elements, deleted, not_allowed
from arch_repo.records import FIRST_ID, QUERIES, every, locked, numbers, one, page, unknown, written
from stead.kit.database import Connection
from tenancy.revision import check_revision, tag

COLUMNS = ("name", "context", "decision", "consequences", "alternatives", "state")


async def solutions(connection: Connection, tenant_id: UUID, after: UUID | None, limit: int) -> Solutions:
    asked = {"after": after or FIRST_ID, "limit": limit + 1}
    rows, following = page(await every(connection, "solutions", tenant=tenant_id, **asked), limit)
    return Solutions([SolutionLine(**row) for row in rows], following)


async def solution(connection: Connection, tenant_id: UUID, solution_id: UUID) -> Solution:
    row = await one(connection, "solution", tenant=tenant_id, id=solution_id)
    if row is None:
        raise unknown("solution")
    return await _solution_of(connection, row)


async def make_solution(connection: Connection, tenant_id: UUID, draft: SolutionDraft) -> Solution:
    (number,) = await numbers(connection, tenant_id, SOLUTION)
    named = {"id": uuid4(), "code": f"{SOLUTION}-{number}"}
    row = await written(connection, "make_solution", tenant=tenant_id, **named, **_columns(draft))
    await _put_parts(connection, tenant_id, row["id"], draft)
    return await _solution_of(connection, row)


async def replace_solution(
    connection: Connection, tenant_id: UUID, solution_id: UUID, draft: SolutionDraft, if_match: str | None
) -> Solution:
    row = await locked(connection, "solution", tenant_id, solution_id, if_match)
    if not may_become(SOLUTION_STATES, row["state"], draft.state):
        raise not_allowed(row["state"], draft.state)
    row = await written(connection, "replace_solution", tenant=tenant_id, id=solution_id, **_columns(draft))
    for query in ("clear_variants", "clear_views"):
        await connection.execute(QUERIES[query], {"tenant": tenant_id, "id": solution_id})
    await _put_parts(connection, tenant_id, solution_id, draft)
    return await _solution_of(connection, row)


async def delete_solution(connection: Connection, tenant_id: UUID, solution_id: UUID, if_match: str | None) -> None:
    await locked(connection, "solution", tenant_id, solution_id, if_match)
    await deleted(connection, "delete_solution", tenant_id, solution_id)


async def _put_parts(connection: Connection, tenant_id: UUID, solution_id: UUID, draft: SolutionDraft) -> None:
    shown = [node.element_id for view in draft.views for node in view.nodes]
    used = [element_id for variant in draft.variants for element_id in variant.element_ids]
    await check_elements(connection, tenant_id, [*shown, *used])
    of_solution = {"tenant": tenant_id, "id": solution_id}
    for place, variant in enumerate(draft.variants):
        values = {**of_solution, "place": place, **msgspec.structs.asdict(variant)}
        await connection.execute(QUERIES["make_variant"], values)
    for place, view in enumerate(draft.views):
        nodes = Jsonb(msgspec.to_builtins(view.nodes))
        await connection.execute(
            QUERIES["make_view"], {**of_solution, "place": place, "name": view.name, "nodes": nodes}
        )


async def _solution_of(connection: Connection, row: DictRow) -> Solution:
    asked = {"tenant": row["tenant_id"], "id": row["id"]}
    variants = [Variant(**each) for each in await every(connection, "variants", **asked)]
    views = [
        View(each["name"], msgspec.convert(each["nodes"], list[ViewNode]))
        for each in await every(connection, "views", **asked)
    ]
    shown = {name: row[name] for name in Solution.__struct_fields__ if name in row}
    return Solution(variants=variants, views=views, etag=tag(row["revision"]), **shown)


def _columns(draft: SolutionDraft) -> dict[str, str]:
    return {name: getattr(draft, name) for name in COLUMNS}


async def entries(connection: Connection, tenant_id: UUID, directory: str) -> Entries:
    rows = await every(connection, "entries", tenant=tenant_id, directory=directory)
    return Entries([_entry_of(row) for row in rows])


async def put_entry(
    connection: Connection, tenant_id: UUID, directory: str, code: str, draft: EntryDraft, if_match: str | None
) -> Entry:
    """Write an entry; one that is there already is replaced only as the one that If-Match names."""
    asked = {"tenant": tenant_id, "directory": directory, "code": code}
    row = await one(connection, "entry", **asked)
    if row is not None:
        check_revision(if_match, row["revision"])
    values = {"name": draft.name, "description": draft.description}
    return _entry_of(await written(connection, "put_entry", **asked, **values))


async def delete_entry(
    connection: Connection, tenant_id: UUID, directory: str, code: str, if_match: str | None
) -> None:
    asked = {"tenant": tenant_id, "directory": directory, "code": code}
    row = await one(connection, "entry", **asked)
    if row is None:
        raise unknown("entry")
    check_revision(if_match, row["revision"])
    await connection.execute(QUERIES["delete_entry"], asked)


def _entry_of(row: DictRow) -> Entry:
    return Entry(row["code"], row["name"], row["description"], tag(row["revision"]))
