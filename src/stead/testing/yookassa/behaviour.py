"""What the stand-in is told to do from now on: failures, outcomes, and where notifications go."""

from typing import Literal

import msgspec


class Fault(msgspec.Struct):
    """Failures to come. `after`: it is done, and the answer is lost; `reset`: the connection breaks off."""

    operation: str
    status: int = 500
    times: int = 1
    after: bool = False
    delay: float = 0.0
    reset: bool = False


class Behaviour(msgspec.Struct):
    """How it behaves from now on.

    instantly      what becomes of a new payment without a payer
    webhook_first  notifications are delivered before the answer goes out
    refunds        what becomes of a new refund
    """

    instantly: Literal["", "succeeded", "canceled", "waiting_for_capture"] = ""
    webhook_first: bool = False
    refunds: Literal["succeeded", "pending", "canceled"] = "succeeded"


class WebhookTarget(msgspec.Struct):
    """Where notifications go."""

    url: str | None = None
    hold: bool = False


class Release(msgspec.Struct):
    """How gathered notifications are sent."""

    reverse: bool = False
    times: int = 1
