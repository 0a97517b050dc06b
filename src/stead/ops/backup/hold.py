"""A hold blocks connections to the databases of one server that a restore replaces, until the restore is decided.

One open transaction has renamed them. PostgreSQL blocks connections to a database while its rename is uncommitted, and
it rolls the transaction back when this process ends in any way, also by `kill -9` or a power failure. `ALTER DATABASE …
ALLOW_CONNECTIONS false` is the rejected option: it outlives a killed process, and then blocks the services.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Self

from stead.ops.backup.error import LockedError, PipelineError
from stead.ops.backup.server import MAINTENANCE, Server, Session, identifier, literal

EVERY = 0.2  # seconds between two rounds in which connections are ended


@dataclass(frozen=True)
class Swap:
    """One replacement of a database: `fresh` is renamed to `name`, and the present database to `aside`.

    No `fresh`: nothing takes the place.
    """

    server: Server
    fresh: str
    name: str
    aside: str


class ConnectionBlock:
    """Holds the databases of some swaps of one server, inside `with`. `there`: those with a database to put aside."""

    def __init__(self, server: Server, swaps: Sequence[Swap], there: Collection[Swap]) -> None:
        self.server, self.swaps = server, swaps
        self._there = [each for each in swaps if each in there]
        self._over = threading.Event()
        self._ending: Future[None] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._session = stack.enter_context(Session(self.server, MAINTENANCE))
            stack.callback(self._roll_back)
            self._session.execute("BEGIN")
            if self._there:
                beside = stack.enter_context(ThreadPoolExecutor(1))
                stack.callback(self._over.set)  # otherwise the executor would wait forever
                self._ending = beside.submit(self._end_connections)
                self._close()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def switch(self) -> None:
        """Rename the new databases, and let everyone in again; after a PipelineError nothing is renamed."""
        self._stop_ending()
        self._session.execute(*(renamed(each.fresh, each.name) for each in self.swaps if each.fresh), "COMMIT")
        self._session.query("SELECT to_jsonb(true)")

    def _roll_back(self) -> None:
        """Let everyone in again, unless the switch has; a session that has failed was rolled back by the server."""
        with suppress(PipelineError):
            self._session.execute("ROLLBACK")
            self._session.end()

    def _close(self) -> None:
        """Rename what is there, undecided; those who are connected are ended meanwhile, and new ones wait."""
        try:
            self._session.execute("BEGIN", *(renamed(each.name, each.aside) for each in self._there))
            self._session.query("SELECT to_jsonb(true)")
        except BaseException:
            self._stop_ending()  # when it failed as well, its reason is the better one to show
            raise

    def _stop_ending(self) -> None:
        self._over.set()
        if self._ending:
            self._ending.result()

    def _end_connections(self) -> None:
        """End who is connected, and who waits to be: a client is refused at once, and no queue grows."""
        names = ", ".join(literal(each.name) for each in self._there)
        sql = ENDING.replace("NAMES", names)
        with Session(self.server, MAINTENANCE) as session:
            session.query(sql)
            while not self._over.wait(EVERY):
                session.query(sql)


ENDING = """
SELECT to_jsonb(count(pg_terminate_backend(pid))) FROM (
  SELECT pid FROM pg_stat_activity WHERE datname IN (NAMES) AND pid <> pg_backend_pid()
  UNION
  SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.objid
    WHERE l.classid = 'pg_database'::regclass AND NOT l.granted AND d.datname IN (NAMES)
      AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
) AS connected
"""


@contextmanager
def only_restore(server: Server, names: Sequence[str]) -> Iterator[None]:
    """Refuse a second restore of the same databases meanwhile; the lock goes with its session."""
    with Session(server, MAINTENANCE) as session:
        for name in names:
            key = f"hashtextextended('stead restore ' || {literal(name)}, 0)"
            if not session.query(f"SELECT to_jsonb(pg_try_advisory_lock({key}))"):
                raise LockedError(f"another restore of {name} runs at {server.shown}: wait until it has ended")
        yield


def renamed(name: str, to: str) -> str:
    """Return the statement that renames a database."""
    return f"ALTER DATABASE {identifier(name)} RENAME TO {identifier(to)}"
