"""Pure decisions about payments and refunds.

What a provider says arrives late, twice and out of order. A status has a rank, and an observation moves a payment up
and never down: so every order of the same observations ends alike.
"""

from typing import Literal

PaymentStatus = Literal["new", "pending", "authorized", "succeeded", "failed", "cancelled"]
RANK = {"new": 0, "pending": 1, "authorized": 2, "succeeded": 3, "failed": 3, "cancelled": 3}
FINAL = frozenset({"succeeded", "failed", "cancelled"})
REFUND_RANK = {"new": 0, "pending": 1, "succeeded": 2, "cancelled": 2}
REFUND_FINAL = frozenset({"succeeded", "cancelled"})


def moves(current: str, observed: str) -> bool:
    """Return whether an observation changes a payment's status. A final status stays."""
    return RANK[observed] > RANK[current]


def refund_moves(current: str, observed: str) -> bool:
    """Return whether an observation changes a refund's status. A final status stays."""
    return REFUND_RANK[observed] > REFUND_RANK[current]


def refundable(captured: int, reserved: int, requested: int | None) -> tuple[str, int]:
    """Return `` and the amount to pay back, or the code of a refusal. `reserved` is what other refunds have taken."""
    left = captured - reserved
    if left <= 0:
        return "nothing_to_refund", 0
    if requested is not None and requested > left:
        return "exceeds_remainder", left
    return "", left if requested is None else requested
