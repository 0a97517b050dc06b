"""Refunds.

A refund is reserved on its payment under the payment's lock before anybody is called, so the sum of refunds never
exceeds what was captured, in any order.
"""

from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.outbox import Outbox
from stead.kit.user import User
from stead.services.payments import rules
from stead.services.payments.contract import Refund, RefundOrder
from stead.services.payments.ledger import QUERIES, Ledger, maybe, one
from stead.services.payments.messages import REFUND, RefundDue
from stead.services.payments.payments import check_owner, find
from stead.services.payments.providers.provider import ProviderRefund

DETAIL = {
    "nothing_to_refund": "This payment is completely refunded.",
    "exceeds_remainder": "The amount exceeds the rest of this payment.",
}


class Refunds:
    """The refunds of payments."""

    def __init__(self, database: Database, ledger: Ledger, outbox: Outbox) -> None:
        self._database = database
        self._ledger = ledger
        self._outbox = outbox

    async def order(self, connection: Connection, payment: UUID, order: RefundOrder, *, actor: str, key: str) -> Refund:
        """Reserve a refund and leave it to the outbox; the same key of an actor again gets the same refund."""
        await find(connection, payment)
        row = await one(connection, "lock_payment", id=payment)
        before = await maybe(connection, "refund_by_key", actor=actor, key=key)
        if before is not None:
            return _same(before, payment, order)
        code, amount = rules.refundable(row["captured"], row["reserved"], order.amount)
        if code:
            raise HttpProblem(409, code, DETAIL[code], left=row["captured"] - row["reserved"])
        values = {"payment": payment, "amount": amount}
        refund = await one(connection, "add_refund", reason=order.reason, actor=actor, key=key, **values)
        await connection.execute(QUERIES["reserve"], values)
        await self._outbox.put(connection, REFUND, RefundDue(refund["id"]), lock=f"refund:{refund['id']}")
        return refund_of(refund)

    async def of_payment(self, payment: UUID, user: User) -> list[Refund]:
        """Return a payment's refunds, for its payer, the organizer and admins."""
        async with self._database.connection() as connection:
            row = await find(connection, payment)
            if row["user_id"] != user.id:
                check_owner(row, user)
            rows = await (await connection.execute(QUERIES["refunds"], {"payment": payment})).fetchall()
        return [refund_of(each) for each in rows]

    async def settle(self, connection: Connection, refund: UUID, user: User) -> Refund:
        """Note that the organizer paid back a refund by hand; again, it changes nothing."""
        row = await maybe(connection, "refund", id=refund)
        if row is None:
            raise HttpProblem(404, "unknown_refund", "No such refund.")
        payment = await find(connection, row["payment_id"])
        check_owner(payment, user)
        if payment["method"] != "qr":
            raise HttpProblem(409, "not_by_hand", "The provider executes this refund.")
        observed = ProviderRefund(str(refund), "succeeded", row["amount"], payment["currency"])
        return refund_of(await self._ledger.observe_refund(connection, refund, observed, polled=False))


def _same(before: DictRow, payment: UUID, order: RefundOrder) -> Refund:
    if before["payment_id"] != payment or order.amount not in (None, before["amount"]):
        raise HttpProblem(422, "idempotency_key_reused", "This key was used for another refund.")
    return refund_of(before)


def refund_of(row: DictRow) -> Refund:
    return Refund(*(row[name] for name in ("id", "payment_id", "amount", "status", "reason", "created_at")))
