"""Messages of the outbox, stored in the transaction that causes them."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

CONFIRM = "confirm"
REVOKE = "revoke"
REFUND = "refund"
VERIFY = "verify"


class PaymentDue(Struct, frozen=True):
    """A booking is to hear of its payment."""

    payment_id: UUID


class RefundDue(Struct, frozen=True):
    """A refund is to be ordered from the provider."""

    refund_id: UUID


class VerifyDue(Struct, frozen=True):
    """A webhook named an object of the provider, which must be read there."""

    provider: str
    kind: Literal["payment", "refund"]
    object_id: str
