"""A restored database takes the place of the one that is there, which keeps all that it held under another name.

Two renames in one transaction: at no moment is there none, and nothing is copied. Restoring into the database itself
was the other way; there a restore that fails half way has already destroyed what it was to replace.
"""

import time

from stead.ops.backup.error import StageError
from stead.ops.backup.server import MAINTENANCE, Server, ask, identifier, literal, tell
from stead.ops.backup.source import exists

TRIES = 5  # a service that was cut off may be back before the rename


def tables_in(server: Server, database: str) -> int:
    """Return how many tables a database has."""
    sql = (
        "SELECT to_jsonb(count(*)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    )
    return int(ask(server, database, sql))


def put_in_place(server: Server, fresh: str, name: str, aside: str) -> bool:
    """Rename `fresh` to `name`; tell whether there was one, which is now `aside`."""
    replaced = exists(server, name)
    renames = [f"ALTER DATABASE {identifier(fresh)} RENAME TO {identifier(name)}"]
    if replaced:
        renames.insert(0, f"ALTER DATABASE {identifier(name)} RENAME TO {identifier(aside)}")
    for left in reversed(range(TRIES)):
        try:
            tell(server, MAINTENANCE, "BEGIN", *_cut_off(name), *_cut_off(fresh), *renames, "COMMIT")
        except StageError as error:
            if left == 0 or "being accessed" not in str(error):
                raise
            time.sleep(0.2)
        else:
            break
    return replaced


def _cut_off(name: str) -> tuple[str, ...]:
    who = f"datname = {literal(name)} AND pid <> pg_backend_pid()"
    return (f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {who}",)  # noqa: S608 - a quoted name
