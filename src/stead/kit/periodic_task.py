"""Periodic task: a component of a service that runs small work at intervals.

Several replicas may run it at once, so the work must allow that. After an error of the database it is retried; any
other error ends the task, and `check` reports it.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import psycopg

from stead.kit.http_problem import HttpProblem

logger = logging.getLogger(__name__)

SPREAD = 0.1  # of the pause: replicas that start together do not stay together


class PeriodicTask:
    """Does `work` every so many seconds; the first time after as many."""

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], every: float) -> None:
        self.name = name
        self._work = work
        self._every = every
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._keep_on(), name=self.name)

    async def close(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)  # the error was logged when it occurred

    def stuck(self) -> str:
        """Return that an error has ended it; nothing otherwise."""
        return f"the sweep of {self.name} has ended" if self._task and self._task.done() else ""

    async def check(self) -> None:
        if self._task is None or self._task.done():
            raise RuntimeError(f"the sweep of {self.name} does not run")

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(self._every * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311 - no secret
            try:
                await self._work()
            except (psycopg.Error, HttpProblem) as error:  # a Refusal: there is no database now
                logger.warning("the sweep of %s will be retried", self.name, extra={"error": str(error)})
            except Exception:
                logger.exception("the sweep of %s ends", self.name)
                raise
