"""Delivery of the service's messages from the outbox. Each has a key, so that a repetition has no effect."""

import logging

from stead.kit.service_client import CallRefused
from stead.services.crews.contract import CrewsClient
from stead.services.events.messages import NotificationDue, RefundDue, ReleaseDue
from stead.services.notifications.contract import Notification, NotificationsClient
from stead.services.payments.contract import PaymentsClient

# Refusals that no later try would change: there is nothing left to refund.
NOTHING_LEFT = frozenset({"unknown_payment", "nothing_to_refund"})

logger = logging.getLogger(__name__)


class Delivery:
    """Delivers messages to the other services."""

    def __init__(
        self,
        payments: PaymentsClient | None = None,
        crews: CrewsClient | None = None,
        notifications: NotificationsClient | None = None,
    ) -> None:
        self._payments = payments
        self._crews = crews
        self._notifications = notifications

    async def refund(self, due: RefundDue) -> None:
        """Order the refund of all that is left of a payment."""
        assert self._payments is not None  # the handler is registered only with a client
        try:
            await self._payments.refund(due.payment_id, due.reason, key=f"booking:{due.booking_id}")
        except CallRefused as refused:
            if refused.code not in NOTHING_LEFT:
                raise
            logger.info("nothing is left to refund", extra={"payment": str(due.payment_id), "code": refused.code})

    async def release(self, due: ReleaseDue) -> None:
        assert self._crews is not None
        await self._crews.release(due.booking_id)

    async def notify(self, due: NotificationDue) -> None:
        assert self._notifications is not None
        data = {"title": due.title} | ({"until": due.until.isoformat()} if due.until else {})
        await self._notifications.send(Notification(due.user_id, due.kind, due.key, data))
