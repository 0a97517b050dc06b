"""Switch restored databases into place; the previous ones are renamed and keep their data.

All databases of a server are renamed in one transaction: no database is ever missing, all change at the same time, and
nothing is copied. Writers are blocked before the first byte is loaded, so that no acknowledged write is lost by the
switch. Restoring into the database itself is the rejected option: a restore that fails half way would have destroyed
the previous data.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from stead.ops.backup.hold import ConnectionBlock, Swap, only_restore
from stead.ops.backup.load import drop
from stead.ops.backup.server import MAINTENANCE, Server, literal, query
from stead.ops.backup.source import exists

HOLD = 5.0  # seconds; a request between services has two, and its answer is written within another


def tables_in(server: Server, database: str) -> int:
    """Return the number of tables of a database."""
    sql = (
        "SELECT to_jsonb(count(*)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    )
    return int(query(server, database, sql))


class WritersBlocked:
    """The held databases of all servers; `switch()` puts the new ones in place.

    there  the swaps that put a database aside
    """

    def __init__(self, holds: Sequence[ConnectionBlock], there: Collection[Swap]) -> None:
        self.there = there
        self._holds = holds
        self._since = time.monotonic()

    def switch(self) -> None:
        """Switch all databases together. A failure leaves every server unchanged."""
        if len(self.there) > 1:  # no request began before the hold and ends after it
            time.sleep(max(0.0, HOLD - (time.monotonic() - self._since)))
        with ExitStack() as undo:
            for hold in self._holds:
                hold.switch()
                undo.callback(_switch_back, hold, self.there)
            undo.pop_all()


@contextmanager
def writers_blocked(swaps: Sequence[Swap]) -> Iterator[WritersBlocked]:
    """Block connections to the databases to replace, during the block."""
    servers = {each.server: [one for one in swaps if one.server == each.server] for each in swaps}
    with ExitStack() as stack:
        for server, mine in servers.items():
            stack.enter_context(only_restore(server, [each.name for each in mine]))
        there = [each for each in swaps if exists(each.server, each.name)]
        yield WritersBlocked([stack.enter_context(ConnectionBlock(*each, there)) for each in servers.items()], there)


def remove_unfinished(server: Server, prefix: str) -> None:
    """Drop the databases that a killed restore was loading; call only under the lock of that restore."""
    sql = (
        "SELECT COALESCE(jsonb_agg(datname::text), '[]') FROM pg_database "  # noqa: S608 - a quoted text
        f"WHERE starts_with(datname::text, {literal(prefix)}) "
        f"AND substr(datname::text, {len(prefix) + 1}) ~ '^[0-9]{{8}}_[0-9]{{6}}$'"
    )
    for name in query(server, MAINTENANCE, sql):
        drop(server, name)


def _switch_back(hold: ConnectionBlock, there: Collection[Swap]) -> None:
    back = [Swap(each.server, each.aside if each in there else "", each.name, each.fresh) for each in hold.swaps]
    with ConnectionBlock(hold.server, back, back) as again:
        again.switch()
