"""Messages: what the outbox delivers, put into the transaction that makes it due."""

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
    """A webhook told of an object of the provider: it is to be read there."""

    provider: str
    kind: Literal["payment", "refund"]
    object_id: str
