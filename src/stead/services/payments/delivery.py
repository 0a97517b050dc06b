"""Delivery of the outbox's messages. Each handler reads first, calls with a fixed key, and writes last; no transaction
is open while another service or the provider is called.
"""

import logging
from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.outbox import Final, Outbox
from stead.kit.service_client import CallRefused
from stead.services.events.contract import Confirmation, EventsClient
from stead.services.payments.contract import RefundOrder as Order
from stead.services.payments.ledger import Ledger, maybe, one
from stead.services.payments.messages import CONFIRM, REFUND, REVOKE, VERIFY, PaymentDue, RefundDue, VerifyDue
from stead.services.payments.payments import Payments
from stead.services.payments.proofs import Proofs
from stead.services.payments.providers.provider import (
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    Providers,
    RefundOrder,
)
from stead.services.payments.refunds import Refunds

# Answers of the events service for a payment that buys no seat: it is refunded.
NO_SEAT = frozenset({"booking_ended", "already_paid", "wrong_amount", "unknown_booking"})
ACTOR = "payments"

logger = logging.getLogger(__name__)


class Delivery:
    """Confirms bookings, orders refunds, and verifies webhooks; it owns the outbox."""

    def __init__(
        self,
        database: Database,
        providers: Providers,
        events: EventsClient,
        proofs: Proofs | None,
        *,
        capture: bool,
        poll: float,
    ) -> None:
        self._database = database
        self._events = events
        self.outbox = Outbox(
            database,
            handlers={
                CONFIRM: (PaymentDue, self.confirm),
                REVOKE: (PaymentDue, self.revoke),
                REFUND: (RefundDue, self.refund),
                VERIFY: (VerifyDue, self.verify),
            },
        )
        self.ledger = Ledger(self.outbox, poll=poll)
        self.payments = Payments(database, self.ledger, providers, events, proofs, capture=capture, poll=poll)
        self.refunds = Refunds(database, self.ledger, self.outbox)

    async def confirm(self, due: PaymentDue) -> None:
        """Confirm the booking, then capture a reservation. A payment without a seat is refunded or released."""
        row = await self.payments.read(due.payment_id)
        if row["status"] not in ("authorized", "succeeded"):
            return
        if row["outcome"] == "none":
            row = await self._decided(row)
        if row["status"] == "authorized":
            await self._end_authorized(row)
        elif row["outcome"] == "refused":
            await self._pay_back(row)

    async def revoke(self, due: PaymentDue) -> None:
        """Cancel the booking of a payment that failed after it had confirmed it."""
        row = await self.payments.read(due.payment_id)
        await self._events.revoke(row["booking_id"], row["id"])

    async def refund(self, due: RefundDue) -> None:
        """Order a refund from the provider, with the refund's own key."""
        async with self._database.connection() as connection:
            refund = await one(connection, "refund", id=due.refund_id)
            row = await one(connection, "payment", id=refund["payment_id"])
        if refund["status"] == "new":
            await self._order_refund(refund, row)

    async def verify(self, due: VerifyDue) -> None:
        """Read the object of a webhook from the provider; an unknown object means a forged webhook."""
        provider = self.payments.provider(due.provider)
        try:
            observed = await (provider.payment if due.kind == "payment" else provider.refund)(due.object_id)
        except ProviderRefused as refused:
            if refused.status != 404:
                raise
            raise Final(f"{due.provider} knows no {due.kind} of this id") from None
        if isinstance(observed, ProviderPayment):
            payment = await self._payment_of(due.provider, observed)
            if payment is not None:
                await self.payments.observe(payment, observed, provider)
        else:
            await self._observe_refund(due.provider, observed)

    async def _decided(self, row: DictRow) -> DictRow:
        """Confirm the booking with the payment, and record the result."""
        paid = Confirmation(row["id"], row["captured"] or row["amount"], row["currency"])
        try:
            await self._events.confirm(row["booking_id"], paid)
            outcome = "confirmed"
        except CallRefused as refused:
            if refused.code not in NO_SEAT:
                raise
            logger.info("a payment buys no seat", extra={"payment": str(row["id"]), "code": refused.code})
            outcome = "refused"
        async with self._database.connection() as connection:
            await maybe(connection, "outcome", id=row["id"], outcome=outcome)
            return await one(connection, "payment", id=row["id"])

    async def _end_authorized(self, row: DictRow) -> None:
        provider, id_ = self.payments.provider_of(row), row["provider_id"]
        authorized = ProviderPayment(id_, "authorized", row["amount"], row["currency"])
        try:
            if row["outcome"] == "confirmed":
                observed = await provider.capture(authorized, f"{row['id']}:capture")
            else:
                observed = await provider.cancel(id_, f"{row['id']}:cancel")
        except ProviderRefused:  # it has ended in the meantime: its state now decides
            observed = await provider.payment(id_)
        await self.payments.observe(row["id"], observed, provider)

    async def _pay_back(self, row: DictRow) -> None:
        order, key = Order("no seat left"), f"no-seat:{row['id']}"
        await self._database.run(
            lambda connection: self.refunds.order(connection, row["id"], order, actor=ACTOR, key=key)
        )

    async def _order_refund(self, refund: DictRow, row: DictRow) -> None:
        provider = self.payments.provider_of(row)
        order = RefundOrder(
            str(refund["id"]),
            row["provider_id"],
            refund["amount"],
            row["currency"],
            refund["reason"],
            row["receipt_to"],
        )
        try:
            observed = await provider.create_refund(order)
        except ProviderRefused as refused:
            logger.error(  # noqa: TRY400 - the provider's code is all there is to it
                "the provider refused a refund", extra={"refund": str(refund["id"]), "code": refused.code}
            )
            observed = ProviderRefund(order.key, "cancelled", order.amount, order.currency)
        await self._database.run(
            lambda open_: self.ledger.observe_refund(open_, refund["id"], observed, polled=provider.polled)
        )

    async def _payment_of(self, provider: str, observed: ProviderPayment) -> UUID | None:
        """Return our payment: by the provider's id, or by our key, when the webhook came before our commit."""
        async with self._database.connection() as connection:
            row = await maybe(connection, "payment_of_provider", provider=provider, provider_id=observed.id)
            if row is None and (key := _uuid(observed.key)):
                row = await maybe(connection, "payment", id=key)
                row = row if row and row["provider"] == provider and row["provider_id"] in (None, observed.id) else None
        return row["id"] if row else None

    async def _observe_refund(self, provider: str, observed: ProviderRefund) -> None:
        async with self._database.connection() as connection:
            row = await maybe(connection, "refund_of_provider", provider=provider, provider_id=observed.id)
        if row is not None:
            await self._database.run(lambda open_: self.ledger.observe_refund(open_, row["id"], observed, polled=True))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
