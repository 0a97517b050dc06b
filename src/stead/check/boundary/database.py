"""Databases: each belongs to one service."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import AnyService, Postgres, Problem


@rule("BOUNDARY014", severity="warning")
def a_database_is_of_one_service(context: Context) -> Iterator[Problem]:
    """A database belongs to one service.

    Two services that share tables share a schema, a migration and an outage, and neither can change alone; one reads
    the other's data without a contract. Give each its own `Postgres()`, and declare a call. If one team shares a
    database on purpose (a bot and an API for its data), silence this beside the resource, with the reason.
    """
    users: dict[int, list[AnyService]] = {}
    for service in context.services:
        for resource in service.resources:
            if isinstance(resource, Postgres):
                users.setdefault(id(resource), []).append(service)
    for service in context.services:
        for resource in service.resources:
            sharing = users.get(id(resource), [])
            if len(sharing) > 1 and sharing[0] is service:
                message = f"{' and '.join(each.name for each in sharing)} share one database"
                yield Problem("BOUNDARY014", message, resource.where, "give each its own Postgres()", sharing[1].where)


RULES = (a_database_is_of_one_service,)
