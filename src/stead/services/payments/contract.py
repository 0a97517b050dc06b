"""What goes over the wire to and from the payments service, and its typed client.

Amounts are whole minor units (kopecks). Errors, by code: 403 `not_owner`; 404 `unknown_payment`, `unknown_refund`,
`unknown_booking`, `unknown_provider`, `unknown_media`; 409 `not_payable`, `method_unavailable`, `not_pending`,
`no_proof`, `proof_changed`, `nothing_to_refund`, `exceeds_remainder`, `not_by_hand`, `not_published`; 422
`idempotency_key_reused`, `receipt_required`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import Meta, Struct

from stead.kit.display_text import DISPLAY_TEXT

if TYPE_CHECKING:  # a caller that only needs the shapes is spared the HTTP client
    from stead.kit.service_client import ServiceClient

Method = Literal["redirect", "widget", "qr"]
Status = Literal["new", "pending", "authorized", "succeeded", "failed", "cancelled"]
RefundStatus = Literal["new", "pending", "succeeded", "cancelled"]
Outcome = Literal["none", "confirmed", "refused"]
Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=DISPLAY_TEXT)]
# An e-mail address or a phone number.
Address = Annotated[
    str, Meta(min_length=3, max_length=254, pattern=r"^(?:\+?[0-9]{5,15}|[!-?A-~]+@[!-?A-~]+)(?![\s\S])")
]
Amount = Annotated[int, Meta(ge=1, le=100_000_000_00)]


class PaymentOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A new payment of the user.

    method      `redirect`: the answer has a page of the provider; `widget`: a token for its widget; `qr`: the text of a
                QR code, paid by hand and shown by a proof
    receipt_to  the e-mail address or phone number that the receipt (54-FZ) goes to; needed where receipts are made
    """

    booking_id: UUID
    method: Method = "redirect"
    receipt_to: Address | None = None


class Payment(Struct, frozen=True):
    """A payment. `confirmation` is a URL, a token or the text of a QR code, by `method`."""

    id: UUID
    booking_id: UUID
    amount: int
    currency: str
    method: Method
    status: Status
    outcome: Outcome
    refunded: int
    created_at: datetime
    confirmation: str | None = None
    proof: str | None = None
    reason: str | None = None


class Payments(Struct, frozen=True):
    """A user's payments, newest first; one hundred at the most."""

    payments: list[Payment]


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    """The uploaded file that shows the payment: a published `payment_proof` of this payment, by its payer."""

    media_id: UUID


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """The organizer's decision on a proof; `media_id` is the proof that was checked, since the payer may replace it."""

    accepted: bool
    reason: Reason | None = None
    media_id: UUID | None = None


class RefundOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Money to pay back; without an amount, all that is left."""

    reason: Reason
    amount: Amount | None = None


class Refund(Struct, frozen=True):
    """A refund."""

    id: UUID
    payment_id: UUID
    amount: int
    status: RefundStatus
    reason: str
    created_at: datetime


class Refunds(Struct, frozen=True):
    """The refunds of a payment, oldest first."""

    refunds: list[Refund]


class Balance(Struct, frozen=True):
    """The captured and refunded amounts in one currency, and the difference."""

    currency: str
    captured: int
    refunded: int
    kept: int


class Balances(Struct, frozen=True):
    """A balance for each currency."""

    balances: list[Balance]


class PaymentState(Struct, frozen=True):
    """A payment, as another service reads it."""

    id: UUID
    user_id: str
    owner: str
    status: Status


class PaymentsClient:
    """The payments service, as another service calls it."""

    def __init__(self, peer: "ServiceClient") -> None:
        self._peer = peer

    async def refund(self, payment: UUID, reason: str, *, key: str, amount: int | None = None) -> Refund:
        """Order a refund; the same key again gets the same one. CallRefused 409 when nothing is left."""
        path, body = f"/v1/internal/payments/{payment}/refunds", RefundOrder(reason, amount)
        return await self._peer.ask("POST", path, operation="refund", body=body, answer=Refund, key=key)

    async def payment(self, payment: UUID) -> PaymentState:
        """Return a payment; CallRefused 404 when there is none."""
        return await self._peer.ask("GET", f"/v1/internal/payments/{payment}", operation="read", answer=PaymentState)

    async def forget(self, user_id: str) -> None:
        """Delete a user's data; the books keep the amounts."""
        path = f"/v1/internal/payment-users/{quote(user_id, safe='')}"
        await self._peer.ask("DELETE", path, operation="forget", answer=type(None), key=f"forget:{user_id}")
