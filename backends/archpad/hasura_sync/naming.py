"""Names in the GraphQL API: camelCase columns, relationships that read as what they are. Pure."""

from hasura_sync.catalog import Catalog, ForeignKey

TENANT = "tenant_id"


def camel_case(name: str) -> str:
    """Return `created_at` as `createdAt`."""
    first, *rest = name.strip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def plural(name: str) -> str:
    """Return the plural of an English noun, as far as tables' names need it."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def object_name(key: ForeignKey) -> str:
    """Return what the row that a key leads to is called: `source` by `source_id`, or the target's own name."""
    own = [column for column in key.columns if column != TENANT] or list(key.columns)
    column = own[-1]
    return camel_case(column.removesuffix("_id") if column.endswith("_id") else key.target)


def array_name(key: ForeignKey, catalog: Catalog) -> str:
    """Return what the rows that lead here are called: `variants`, or `relationshipsBySource` of several."""
    rows = camel_case(plural(key.table))
    several = sum((each.table, each.target) == (key.table, key.target) for each in catalog.keys) > 1
    name = object_name(key)
    return f"{rows}By{name[:1].upper()}{name[1:]}" if several else rows
