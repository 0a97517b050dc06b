"""Ledger: apply a provider's state of a payment or a refund to the database.

Each method runs in one transaction that holds the payment's row, calls nobody, and posts what moved money.
"""

import logging
from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Connection
from stead.kit.outbox import Outbox
from stead.kit.sql import Queries
from stead.services.payments import rules
from stead.services.payments.messages import CONFIRM, REVOKE, PaymentDue
from stead.services.payments.providers.provider import ProviderPayment, ProviderRefund

QUERIES = Queries.beside(__file__)

logger = logging.getLogger(__name__)


class Ledger:
    """Applies observations. `poll` is how long a refund waits before it is asked about."""

    def __init__(self, outbox: Outbox, *, poll: float) -> None:
        self._outbox = outbox
        self._poll = poll

    async def observe(
        self, connection: Connection, payment: UUID, observed: ProviderPayment, *, polled: bool
    ) -> DictRow:
        """Apply the provider's state to a payment, and notify the booking; a repetition changes nothing."""
        row = await one(connection, "lock_payment", id=payment)
        status, captured, reason = _outcome(row, observed)
        if not rules.moves(row["status"], status):
            return row
        values = {"provider_id": observed.id, "confirmation": observed.confirmation, "polled": polled}
        final = status in rules.FINAL
        row = await one(
            connection, "observe", id=payment, status=status, captured=captured, reason=reason, settled=final, **values
        )
        if captured:
            await self._post(connection, row, None, captured)
        await self._notify_booking(connection, row)
        return row

    async def fail(self, connection: Connection, payment: UUID, reason: str) -> DictRow:
        """Note that the provider refused to begin a payment."""
        row = await one(connection, "lock_payment", id=payment)
        if row["status"] != "new":
            return row
        values = {"provider_id": None, "confirmation": None, "captured": 0, "polled": False, "settled": True}
        return await one(connection, "observe", id=payment, status="failed", reason=reason[:200], **values)

    async def observe_refund(
        self, connection: Connection, refund: UUID, observed: ProviderRefund, *, polled: bool
    ) -> DictRow:
        """Apply the provider's state to a refund; a cancelled one can be ordered again."""
        payment = (await one(connection, "refund", id=refund))["payment_id"]
        paid = await one(connection, "lock_payment", id=payment)  # the payment first, everywhere: no deadlock
        row = await one(connection, "lock_refund", id=refund)
        if not rules.refund_moves(row["status"], observed.status):
            return row
        final = observed.status in rules.REFUND_FINAL
        values = {"provider_id": observed.id, "settled": final, "polled": polled, "poll": self._poll}
        row = await one(connection, "observe_refund", id=refund, status=observed.status, **values)
        if observed.status == "succeeded":
            await self._post(connection, paid, refund, -row["amount"])
        if observed.status == "cancelled":
            await connection.execute(QUERIES["reserve"], {"payment": payment, "amount": -row["amount"]})
        return row

    async def _notify_booking(self, connection: Connection, row: DictRow) -> None:
        """Let the booking know: money that came confirms it, money that went away after that revokes it."""
        lock = f"payment:{row['id']}"
        if row["status"] in ("authorized", "succeeded"):
            await self._outbox.put(connection, CONFIRM, PaymentDue(row["id"]), lock=lock)
        elif row["status"] in ("cancelled", "failed") and row["outcome"] == "confirmed":
            await self._outbox.put(connection, REVOKE, PaymentDue(row["id"]), lock=lock)

    async def _post(self, connection: Connection, payment: DictRow, refund: UUID | None, amount: int) -> None:
        values = {"payment": payment["id"], "refund": refund, "currency": payment["currency"], "amount": amount}
        await connection.execute(QUERIES["post"], values)


def _outcome(row: DictRow, observed: ProviderPayment) -> tuple[str, int, str | None]:
    """Return the status, what was captured, and the reason; money in another currency or amount buys nothing."""
    if observed.status not in ("authorized", "succeeded"):
        return observed.status, 0, observed.reason
    if observed.currency != row["currency"] or not 0 < observed.amount <= row["amount"]:
        about = {"payment": str(row["id"]), "amount": observed.amount, "currency": observed.currency}
        logger.error("a provider took another amount than was asked: to be settled by hand", extra=about)
        return "failed", 0, "wrong_amount"
    return observed.status, observed.amount if observed.status == "succeeded" else 0, None


async def one(connection: Connection, query: str, **values: object) -> DictRow:
    row = await (await connection.execute(QUERIES[query], values)).fetchone()
    assert row is not None  # rows of payments and refunds are never deleted
    return row


async def maybe(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()
