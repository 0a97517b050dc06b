"""Payments: begun by a user, called at the provider outside of any transaction, or decided by hand."""

from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused
from stead.kit.user import User
from stead.services.events.contract import BookingState, EventsClient
from stead.services.payments.contract import Decision, Payment, PaymentOrder
from stead.services.payments.ledger import QUERIES, Ledger, maybe, one
from stead.services.payments.proofs import Proofs
from stead.services.payments.providers.provider import (
    Order,
    Provider,
    ProviderPayment,
    ProviderRefused,
    Providers,
    ProviderUnavailable,
)

PAYABLE = frozenset({"pending"})
ATTEMPTS = 3  # an open payment may end between two statements


class Payments:
    """The payments of bookings. `capture` is False where money is reserved first; without `proofs`, none is by hand."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        providers: Providers,
        events: EventsClient,
        proofs: Proofs | None,
        *,
        capture: bool,
        poll: float,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._providers = providers
        self._events = events
        self._proofs = proofs
        self._capture = capture
        self._poll = poll

    async def begin(self, order: PaymentOrder, user: User) -> tuple[int, Payment]:
        """Return 201 and a new payment, or 200 and the open one of the booking.

        The row with its key is committed before the provider is called. When the provider does not answer, the payment
        stays `new`, and the reconciliation calls again with the same key.
        """
        booking = await self._booking(order.booking_id, user)
        provider = self._providers.for_method(order.method)
        if provider is None:
            raise HttpProblem(409, "method_unavailable", f"Payment by {order.method} is not configured.")
        if provider.needs_receipt and order.receipt_to is None:
            raise HttpProblem(422, "receipt_required", "Give the address of the receipt in `receipt_to`.")
        made, row = await self._database.run(lambda connection: self._add(connection, order, booking, provider, user))
        if row["status"] == "new":
            row = await self.call(row)
        return 201 if made else 200, payment_of(row)

    async def call(self, row: DictRow) -> DictRow:
        """Begin a new payment at its provider, with the payment's own key; an ambiguous answer changes nothing."""
        provider = self.provider_of(row)
        try:
            observed = await provider.create(self._order(row))
        except ProviderUnavailable:
            return row
        except ProviderRefused as refused:
            reason = f"{refused.code}"
            return await self._database.run(lambda connection: self._ledger.fail(connection, row["id"], reason))
        return await self.observe(row["id"], observed, provider)

    async def observe(self, payment: UUID, observed: ProviderPayment, provider: Provider) -> DictRow:
        """Apply the provider's state, in its own transaction."""
        polled = provider.polled
        return await self._database.run(lambda open_: self._ledger.observe(open_, payment, observed, polled=polled))

    def provider_of(self, row: DictRow) -> Provider:
        return self.provider(row["provider"])

    def provider(self, name: str) -> Provider:
        """Return a provider by its name; HttpProblem 409 when it is not configured any more."""
        provider = self._providers.named(name)
        if provider is None:
            raise HttpProblem(409, "method_unavailable", f"{name} is not configured any more.")
        return provider

    async def read(self, payment: UUID) -> DictRow:
        """Return a payment's row; HttpProblem 404 when there is none."""
        async with self._database.connection() as connection:
            return await find(connection, payment)

    async def of_user(self, user: str) -> list[Payment]:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["payments"], {"user": user})).fetchall()
        return [payment_of(row) for row in rows]

    async def prove(self, payment: UUID, media: UUID, user: User) -> Payment:
        """Keep the proof of a payment by hand; HttpProblem 404 for another user's, 409 when nothing is to be proved."""
        row = own(await self.read(payment), user)
        if row["method"] != "qr" or self._proofs is None:
            raise HttpProblem(409, "not_by_hand", "Only a payment by QR code has a proof.")
        await self._proofs.check(row, media)
        async with self._database.connection() as connection:
            proved = await maybe(connection, "proof", id=payment, proof=str(media))
        if proved is None:
            raise HttpProblem(409, "not_pending", f"The payment is {row['status']}.")
        return payment_of(proved)

    async def decide(self, connection: Connection, payment: UUID, decision: Decision, user: User) -> Payment:
        """Accept or decline a proof, for the organizer of the event; to decide the same again changes nothing."""
        check_owner(await find(connection, payment), user)
        row = await one(connection, "lock_payment", id=payment)
        if row["method"] != "qr":
            raise HttpProblem(409, "not_by_hand", "Only a payment by QR code is decided by hand.")
        status = "succeeded" if decision.accepted else "cancelled"
        if row["status"] != status:
            _check_decidable(row, decision)
            reason = None if decision.accepted else decision.reason or "declined"
            observed = ProviderPayment(row["provider_id"], status, row["amount"], row["currency"], reason=reason)  # type: ignore[arg-type]
            row = await self._ledger.observe(connection, payment, observed, polled=False)
        return payment_of(row)

    async def _booking(self, booking: UUID, user: User) -> BookingState:
        try:
            state = await self._events.booking(booking)
        except CallRefused as refused:
            if refused.code != "unknown_booking":
                raise
            raise _unknown_booking() from None
        if state.user_id != user.id:
            raise _unknown_booking()
        if state.status not in PAYABLE or not state.price:
            raise HttpProblem(409, "not_payable", f"The booking is {state.status}; there is nothing to pay.")
        return state

    async def _add(
        self, connection: Connection, order: PaymentOrder, booking: BookingState, provider: Provider, user: User
    ) -> tuple[bool, DictRow]:
        values = {
            "booking": booking.id,
            "user": user.id,
            "owner": booking.owner,
            "title": booking.title,
            "amount": booking.price,
            "currency": booking.currency,
            "provider": provider.name,
            "method": order.method,
            "receipt_to": order.receipt_to,
            "poll": self._poll,
        }
        for _ in range(ATTEMPTS):
            if made := await maybe(connection, "add_payment", **values):
                return True, made
            if found := await maybe(connection, "open_payment", booking=booking.id):
                return False, found
        raise HttpProblem(
            503, "busy", "The booking's payment is being changed; try again.", headers={"Retry-After": "1"}
        )

    def _order(self, row: DictRow) -> Order:
        return Order(
            str(row["id"]),
            row["amount"],
            row["currency"],
            row["title"],
            row["method"],
            self._capture,
            row["receipt_to"],
        )


async def find(connection: Connection, payment: UUID) -> DictRow:
    row = await maybe(connection, "payment", id=payment)
    if row is None:
        raise _unknown_payment()
    return row


def own(row: DictRow, user: User) -> DictRow:
    """Return a user's own payment; another user's is 404, as one that does not exist."""
    if row["user_id"] != user.id:
        raise _unknown_payment()
    return row


def check_owner(row: DictRow, user: User) -> None:
    """Refuse a user who is neither the organizer of the event that was paid nor an admin."""
    if row["owner"] != user.id and "admin" not in user.roles:
        raise HttpProblem(403, "not_owner", "The payment is of another organizer's event.")


def _check_decidable(row: DictRow, decision: Decision) -> None:
    if row["status"] != "pending":
        raise HttpProblem(409, "not_pending", f"The payment is {row['status']}.")
    if decision.accepted and row["proof"] is None:
        raise HttpProblem(409, "no_proof", "The payer has not uploaded a proof.")
    if decision.media_id is not None and row["proof"] != str(decision.media_id):
        raise HttpProblem(409, "proof_changed", "The payer has replaced the proof; check the new one.")


def _unknown_payment() -> HttpProblem:
    return HttpProblem(404, "unknown_payment", "No such payment.")


def _unknown_booking() -> HttpProblem:
    return HttpProblem(404, "unknown_booking", "No such booking.")


def payment_of(row: DictRow) -> Payment:
    names = ("id", "booking_id", "amount", "currency", "method", "status", "outcome", "reserved", "created_at")
    return Payment(*(row[name] for name in (*names, "confirmation", "proof", "reason")))
