"""Reconciliation: read open payments and refunds from the provider, so that a lost webhook has no effect.

What is due is taken and pushed on in one statement, with ever longer pauses, so replicas do not ask about the same.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.payments.ledger import QUERIES, Ledger, one
from stead.services.payments.payments import Payments
from stead.services.payments.providers.provider import ProviderRefused, ProviderUnavailable

logger = logging.getLogger(__name__)


class Reconciliation:
    """Polls open payments and pending refunds."""

    def __init__(self, database: Database, ledger: Ledger, payments: Payments, *, poll: float) -> None:
        self._database = database
        self._ledger = ledger
        self._payments = payments
        self._poll = poll

    async def run(self) -> int:
        """Return the number of objects that were read."""
        payments = await self._due("due_payments")
        refunds = await self._due("due_refunds")
        for row in payments:
            await self._quietly(self._payment, row)
        for row in refunds:
            await self._quietly(self._refund, row)
        return len(payments) + len(refunds)

    async def _due(self, query: str) -> list[DictRow]:
        async with self._database.connection() as connection:
            return await (await connection.execute(QUERIES[query], {"poll": self._poll})).fetchall()

    async def _payment(self, row: DictRow) -> None:
        if row["status"] == "new":  # no answer so far: the same call with the same key
            await self._payments.call(row)
            return
        provider = self._payments.provider_of(row)
        await self._payments.observe(row["id"], await provider.payment(row["provider_id"]), provider)

    async def _refund(self, row: DictRow) -> None:
        async with self._database.connection() as connection:
            payment = await one(connection, "payment", id=row["payment_id"])
        provider = self._payments.provider_of(payment)
        observed = await provider.refund(row["provider_id"])
        await self._database.run(lambda open_: self._ledger.observe_refund(open_, row["id"], observed, polled=True))

    async def _quietly(self, work: Callable[[DictRow], Awaitable[Any]], row: DictRow) -> None:
        """Log a failure and retry it next time: it must not stop the others."""
        try:
            await work(row)
        except (ProviderRefused, ProviderUnavailable) as error:
            logger.warning("cannot be reconciled now", extra={"id": str(row["id"]), "error": str(error)})


def periodic(reconciliation: Reconciliation, every: float) -> PeriodicTask:
    return PeriodicTask("reconciliation", reconciliation.run, every)
