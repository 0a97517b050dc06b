"""When tokens were last used, written behind the answers: a request never waits for it, nor writes a row by itself."""

import asyncio
import logging

from psycopg import Error

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries

logger = logging.getLogger(__name__)
SQL = Queries.beside(__file__)
EVERY_SECONDS = 5.0


class LastUsed:
    """Collects the ids of used tokens and writes them every few seconds, and once more at the end."""

    name = "uses"

    def __init__(self, database: Database, *, every: float = EVERY_SECONDS) -> None:
        self._database = database
        self._every = every
        self._used: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def note(self, token_id: str) -> None:
        self._used.add(token_id)

    async def open(self) -> None:
        self._task = asyncio.create_task(self._write_now_and_then(), name="uses")

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.write()

    async def check(self) -> None:
        """Raise when the uses of tokens are not written any more."""
        if why := self.stuck():
            raise RuntimeError(why)

    def stuck(self) -> str:
        """Say that the writing has ended by an error; nothing when that is not so."""
        return "the last uses of tokens are not written any more" if self._task and self._task.done() else ""

    async def write(self) -> None:
        """Write what was collected; what cannot be written is collected again by the next use."""
        used, self._used = self._used, set()
        if not used:
            return
        try:
            async with self._database.connection() as connection:
                await connection.execute(SQL["touch"], {"ids": sorted(used)})
        except (Error, HttpProblem) as error:
            logger.warning(
                "the last uses of tokens were not written", extra={"reason": str(error), "tokens": len(used)}
            )

    async def _write_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.write()
