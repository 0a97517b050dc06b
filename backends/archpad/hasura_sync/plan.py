"""From what the databases have and what Hasura has to what has to be done. Pure: it is shown before it is done.

Nothing is taken away unasked. A relationship that a person made stays; a permission of the default role that differs
from the default stays, and is reported, unless replacing was asked for; a table that is to be untracked and has
permissions or relationships of somebody's stays tracked, likewise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hasura_sync.catalog import Catalog, ForeignKey
from hasura_sync.naming import TENANT, array_name, camel_case, object_name

HIDDEN_TYPES = ("bytea", "tsvector")  # digests and search indexes are nobody's to read
TENANTS = "X-Hasura-Tenant-Ids"


@dataclass(frozen=True, slots=True)
class Options:
    """What is done, and for whom."""

    schema: str = "public"
    untracked: frozenset[str] = frozenset()
    camel_case: bool = True
    role: str = "user"
    permissions: bool = True
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the metadata API, and how it is said to a person."""

    type: str
    args: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done, in order, and what is left as it is although it differs."""

    operations: tuple[Operation, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class _Source:
    """One source while its plan is made."""

    name: str
    catalog: Catalog
    options: Options
    tracked: Mapping[str, Mapping[str, Any]]
    left: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> list[str]:
        return [table for table in self.catalog.tables if table not in self.options.untracked]

    def operation(self, kind: str, table: str, text: str, **args: Any) -> Operation:
        where = {"source": self.name, "table": {"schema": self.options.schema, "name": table}}
        return Operation(kind, {**where, **args}, f"{self.name}.{table}: {text}")

    def chosen(self, table: str, column: str, usual: str) -> str:
        return self.catalog.names.get((table, column), usual)


def plan(name: str, catalog: Catalog, metadata: Mapping[str, Any], options: Options) -> Plan:
    """Return what has to be done so that a source is what its database says."""
    source = _Source(name, catalog, options, _tracked(name, metadata, options.schema))
    steps = (_untrack, _track, _customize, _relate_objects, _relate_arrays, _permit)
    operations = [operation for step in steps for operation in step(source)]
    return Plan(tuple(operations), tuple(source.left))


def _tracked(name: str, metadata: Mapping[str, Any], schema: str) -> dict[str, Mapping[str, Any]]:
    tables = [each for source in metadata.get("sources", ()) if source["name"] == name for each in source["tables"]]
    return {each["table"]["name"]: each for each in tables if each["table"].get("schema", "public") == schema}


def _untrack(source: _Source) -> Iterator[Operation]:
    for table in sorted(source.options.untracked & source.tracked.keys()):
        about = source.tracked[table]
        used = [kind for kind in ("object_relationships", "array_relationships") if about.get(kind)]
        used += [kind for kind in about if kind.endswith("_permissions") and about[kind]]
        if used and not source.options.replace:
            source.left.append(f"{source.name}.{table}: stays tracked, since it has {', '.join(used)}")
        else:
            yield source.operation("pg_untrack_table", table, "untrack", cascade=bool(used))


def _track(source: _Source) -> Iterator[Operation]:
    for table in source.wanted:
        if table not in source.tracked:
            yield source.operation("pg_track_table", table, "track", configuration=_configuration(source, table))


def _customize(source: _Source) -> Iterator[Operation]:
    for table in source.wanted:
        about = source.tracked.get(table)
        wanted = _configuration(source, table)
        if about is not None and (about.get("configuration") or {}) != wanted:
            yield source.operation("pg_set_table_customization", table, "rename", configuration=wanted)


def _configuration(source: _Source, table: str) -> dict[str, Any]:
    columns = {}
    for column in source.catalog.tables[table]:
        usual = camel_case(column) if source.options.camel_case else column
        name = source.chosen(table, column, usual)
        if name != column:
            columns[column] = {"custom_name": name}
    found: dict[str, Any] = {"column_config": columns} if columns else {}
    if custom := source.chosen(table, "", ""):
        found["custom_name"] = custom
    return found


def _relate_objects(source: _Source) -> Iterator[Operation]:
    for key in _keys(source):
        name = source.chosen(key.table, object_name(key), object_name(key))
        if name not in _names(source, key.table):
            using = _columns(source, key.target, dict(zip(key.columns, key.target_columns, strict=True)))
            yield source.operation(
                "pg_create_object_relationship", key.table, f"relate {name} to {key.target}", name=name, using=using
            )


def _relate_arrays(source: _Source) -> Iterator[Operation]:
    for key in _keys(source):
        usual = array_name(key, source.catalog)
        name = source.chosen(key.target, usual, usual)
        if name not in _names(source, key.target):
            using = _columns(source, key.table, dict(zip(key.target_columns, key.columns, strict=True)))
            yield source.operation(
                "pg_create_array_relationship", key.target, f"relate {name} to {key.table}", name=name, using=using
            )


def _keys(source: _Source) -> Iterator[ForeignKey]:
    wanted = set(source.wanted)
    return (key for key in source.catalog.keys if {key.table, key.target} <= wanted)


def _names(source: _Source, table: str) -> set[str]:
    about = source.tracked.get(table, {})
    return {each["name"] for kind in ("object_relationships", "array_relationships") for each in about.get(kind, ())}


def _columns(source: _Source, table: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    """Return a relationship by its columns, all of them: a key with the tenant in it stays inside of the tenant."""
    remote = {"schema": source.options.schema, "name": table}
    return {"manual_configuration": {"remote_table": remote, "column_mapping": dict(mapping)}}


def _permit(source: _Source) -> Iterator[Operation]:
    if not source.options.permissions:
        return
    role = source.options.role
    for table in source.wanted:
        wanted = _default(source, table)
        found = {
            each["role"]: each["permission"] for each in source.tracked.get(table, {}).get("select_permissions", ())
        }
        if wanted is None or found.get(role) == wanted:
            continue
        if role in found and not source.options.replace:
            source.left.append(f"{source.name}.{table}: the permission of {role} differs from the default, and stays")
            continue
        if role in found:
            yield source.operation("pg_drop_select_permission", table, f"forbid {role} to read", role=role)
        yield source.operation(
            "pg_create_select_permission", table, f"let {role} read its tenants", role=role, permission=wanted
        )


def _default(source: _Source, table: str) -> dict[str, Any] | None:
    """Return what the default role may read: rows of its own tenants; None for a table that has no tenant."""
    columns = source.catalog.tables[table]
    owner = TENANT if TENANT in columns else "id" if table == "tenant" else ""
    if not owner:
        return None
    shown = [column for column, kind in columns.items() if kind not in HIDDEN_TYPES]
    return {"columns": shown, "filter": {owner: {"_in": TENANTS}}, "allow_aggregations": False}
