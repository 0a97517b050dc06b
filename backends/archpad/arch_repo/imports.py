"""A model into a tenant's repository, and out of it. What was brought before is found by its identifier again.

All or nothing: a file with one fault changes nothing. An element that is here and not in the file stays, since a file
may hold a part of a model.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from arch_repo.archimate import PREFIXES
from arch_repo.contract import ImportReport
from arch_repo.model import Fault, Model, ModelElement, ModelError, ModelRelationship
from arch_repo.records import QUERIES, every, numbers
from stead.kit.database import Connection

Row = dict[str, object]


async def import_model(connection: Connection, tenant_id: UUID, model: Model) -> ImportReport:
    """Write what is new and what differs; ModelError when an element is of another kind here."""
    await connection.execute(QUERIES["lock_tenant"], {"tenant": tenant_id})
    elements = await _known(connection, "known_elements", tenant_id, model.elements)
    relationships = await _known(connection, "known_relationships", tenant_id, model.relationships)
    _check_kinds(model.elements, elements)
    rows = [_element_row(each, elements) for each in model.elements]
    ids = {str(row["identifier"]): row["id"] for row in rows}
    lines = [_relationship_row(each, relationships, ids) for each in model.relationships]
    made = await _write(connection, "elements", tenant_id, rows, elements)
    drawn = await _write(connection, "relationships", tenant_id, lines, relationships)
    created, updated = made[0] + drawn[0], made[1] + drawn[1]
    return ImportReport(created, updated, len(rows) + len(lines) - created - updated, list(model.skipped))


async def export_model(connection: Connection, tenant_id: UUID) -> Model:
    """Return all of a tenant's elements and relationships."""
    elements = await every(connection, "all_elements", tenant=tenant_id)
    relationships = await every(connection, "all_relationships", tenant=tenant_id)
    return Model(
        tuple(ModelElement(**row) for row in elements), tuple(ModelRelationship(**row) for row in relationships)
    )


async def _known(
    connection: Connection, query: str, tenant_id: UUID, given: Iterable[ModelElement | ModelRelationship]
) -> dict[str, DictRow]:
    identifiers = [each.identifier for each in given]
    rows = await every(connection, query, tenant=tenant_id, identifiers=identifiers)
    return {row["identifier"]: row for row in rows}


def _check_kinds(elements: Iterable[ModelElement], known: Mapping[str, DictRow]) -> None:
    faults = []
    for element in elements:
        here = known.get(element.identifier)
        if here and here["kind"] != element.kind:
            faults.append(Fault(element.place, f"{element.name!r} is a {element.kind}, and a {here['kind']} here"))
    if faults:
        raise ModelError(faults)


def _element_row(element: ModelElement, known: Mapping[str, DictRow]) -> Row:
    here = known.get(element.identifier)
    return {
        "id": str(here["id"] if here else uuid4()),
        "identifier": element.identifier,
        "kind": element.kind,
        "name": element.name,
        "description": element.description,
        "properties": element.properties,
    }


def _relationship_row(each: ModelRelationship, known: Mapping[str, DictRow], ids: Mapping[str, object]) -> Row:
    here = known.get(each.identifier)
    return {
        "id": str(here["id"] if here else uuid4()),
        "identifier": each.identifier,
        "kind": each.kind,
        "source_id": ids[each.source],
        "target_id": ids[each.target],
        "name": each.name,
        "description": each.description,
        "properties": each.properties,
    }


async def _write(
    connection: Connection, what: str, tenant_id: UUID, rows: list[Row], known: Mapping[str, DictRow]
) -> tuple[int, int]:
    """Write all rows that are new, and all that differ, in one statement each; return how many those were."""
    new = [row for row in rows if row["identifier"] not in known]
    changed = [row for row in rows if row["identifier"] in known and _differs(row, known[str(row["identifier"])])]
    if what == "elements":
        await _give_codes(connection, tenant_id, new)
    for query, chosen in ((f"import_{what}", new), (f"update_{what}", changed)):
        if chosen:
            await connection.execute(QUERIES[query], {"tenant": tenant_id, "rows": Jsonb(chosen)})
    return len(new), len(changed)


async def _give_codes(connection: Connection, tenant_id: UUID, rows: list[Row]) -> None:
    counts = Counter(PREFIXES[str(row["kind"])] for row in rows)
    # In one order for all, so that two transactions do not wait for each other.
    given = {
        prefix: iter(await numbers(connection, tenant_id, prefix, count)) for prefix, count in sorted(counts.items())
    }
    for row in rows:
        prefix = PREFIXES[str(row["kind"])]
        row["code"] = f"{prefix}-{next(given[prefix])}"


def _differs(row: Row, here: DictRow) -> bool:
    return any(
        str(here[name]) != str(value) if name.endswith("id") else here[name] != value for name, value in row.items()
    )
