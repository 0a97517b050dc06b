"""The tenant that is there from the first start. Its id is always the same, so that it is made once."""

import asyncio
import logging
from uuid import UUID

import psycopg

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from tenant_service.tenants import TenantStore

DEFAULT_ID = UUID("00000000-0000-4000-8000-000000000001")
PAUSE = 1.0  # seconds between two tries: the database may come later than the service

logger = logging.getLogger(__name__)


class DefaultTenant:
    """The part that makes the default tenant when it is not there; one that was renamed stays as it is."""

    name = "default tenant"
    required = False  # the other tenants work without it

    def __init__(self, database: Database, store: TenantStore, title: str, owner: str) -> None:
        self._database = database
        self._store = store
        self._title = title
        self._owner = owner
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._make(), name=self.name)

    async def close(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def check(self) -> None:
        if self._task is None or not self._task.done():
            raise RuntimeError("the default tenant is not made yet")
        self._task.result()

    async def _make(self) -> None:
        while True:
            try:
                async with self._database.transaction() as connection:
                    made = await self._store.make(connection, self._title, self._owner, DEFAULT_ID)
            except (psycopg.Error, HttpProblem) as error:  # an HttpProblem: there is no database now
                logger.warning("no default tenant yet; trying again", extra={"error": str(error)})
                await asyncio.sleep(PAUSE)
            else:
                if made:
                    logger.info("made the default tenant", extra={"tenant": str(made.id)})
                return
