"""A restored database takes the place of the one that is there, which keeps all that it held under another name.

All renames in one transaction: at no moment is there none, no two are of different times, and nothing is copied.
Restoring into the database itself was the other way; there a restore that fails half way has already destroyed what it
was to replace.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from stead.ops.backup.error import StageError
from stead.ops.backup.server import MAINTENANCE, Server, ask, identifier, literal, tell
from stead.ops.backup.source import exists

HOLD = 5.0  # seconds; a request between services has two, and its answer is written within another
TRIES = 5  # a service that was cut off may be back before the rename


def tables_in(server: Server, database: str) -> int:
    """Return how many tables a database has."""
    sql = (
        "SELECT to_jsonb(count(*)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    )
    return int(ask(server, database, sql))


@dataclass(frozen=True)
class Swap:
    """One database that is to take the place of another: `fresh` becomes `name`, and what is there `aside`."""

    server: Server
    fresh: str
    name: str
    aside: str


def put_all_in_place(swaps: Sequence[Swap]) -> list[bool]:
    """Let all databases switch together; tell of each whether there was one, which is now `aside`.

    Nobody writes meanwhile: the databases are closed for longer than a request may take, so that none begins before
    the switch and ends after it. What fails leaves everything as it was, on every server.
    """
    replaced = [exists(each.server, each.name) for each in swaps]
    there = [each for each, old in zip(swaps, replaced, strict=True) if old]
    servers = list(dict.fromkeys(each.server for each in swaps))
    with ExitStack() as undo:
        for server in servers:
            closed = [each for each in there if each.server == server]
            undo.callback(_open, server, [each.name for each in closed])
            _close(server, [each.name for each in closed])
        if len(there) > 1:
            time.sleep(HOLD)
        for server in servers:
            mine = [each for each in swaps if each.server == server]
            _switch(server, mine, there)
            undo.callback(_switch_back, server, mine, there)
        undo.pop_all()
    return replaced


def _close(server: Server, names: Sequence[str]) -> None:
    """Let nobody in, and cut off who is in."""
    tell(server, MAINTENANCE, *(f"ALTER DATABASE {identifier(name)} ALLOW_CONNECTIONS false" for name in names))
    tell(server, MAINTENANCE, *(statement for name in names for statement in _cut_off(name)))


def _open(server: Server, names: Sequence[str]) -> None:
    tell(server, MAINTENANCE, *(f"ALTER DATABASE {identifier(name)} ALLOW_CONNECTIONS true" for name in names))


def _switch(server: Server, swaps: Sequence[Swap], there: Sequence[Swap]) -> None:
    """Rename all databases of one server in one transaction."""
    renames = []
    for each in swaps:
        if each in there:
            renames.append(_renamed(each.name, each.aside))
            renames.append(f"ALTER DATABASE {identifier(each.aside)} ALLOW_CONNECTIONS true")
        renames.append(_renamed(each.fresh, each.name))
    _without_sessions(server, [name for each in swaps for name in (each.name, each.fresh)], renames)


def _switch_back(server: Server, swaps: Sequence[Swap], there: Sequence[Swap]) -> None:
    renames = []
    for each in swaps:
        renames.append(_renamed(each.name, each.fresh))
        if each in there:
            renames.append(_renamed(each.aside, each.name))
    _without_sessions(server, [name for each in swaps for name in (each.name, each.aside)], renames)


def _without_sessions(server: Server, names: Sequence[str], statements: Sequence[str]) -> None:
    cut = [statement for name in names for statement in _cut_off(name)]
    for left in reversed(range(TRIES)):
        try:
            tell(server, MAINTENANCE, "BEGIN", *cut, *statements, "COMMIT")
        except StageError as error:
            if left == 0 or "being accessed" not in str(error):
                raise
            time.sleep(0.2)
        else:
            return


def _renamed(name: str, to: str) -> str:
    return f"ALTER DATABASE {identifier(name)} RENAME TO {identifier(to)}"


def _cut_off(name: str) -> tuple[str, ...]:
    who = f"datname = {literal(name)} AND pid <> pg_backend_pid()"
    return (f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {who}",)  # noqa: S608 - a quoted name
