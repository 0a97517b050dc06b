"""QR code and hand: the payer transfers money by a QR code, the organizer looks at the proof and decides.

The text of the code follows GOST R 56042-2014: `ST00012`, the payee, the sum in kopecks, the purpose. Nothing can be
read from a bank here, so nothing is polled: a person says what happened.
"""

from stead.services.payments.providers.provider import (
    Hint,
    Order,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    RefundOrder,
)

BY_HAND = "only a person can tell"


class QrCode:
    """Payments by QR code to one payee: `Name=…|PersonalAcc=…|BankName=…|BIC=…|CorrespAcc=…`."""

    name = "qr"
    polled = False
    needs_receipt = False

    def __init__(self, payee: str) -> None:
        self._payee = payee

    async def create(self, order: Order) -> ProviderPayment:
        purpose = order.description.replace("|", " ")
        text = f"ST00012|{self._payee}|Sum={order.amount}|Purpose={purpose} ({order.key[:8]})"
        return ProviderPayment(order.key, "pending", order.amount, order.currency, order.key, text)

    async def payment(self, id: str) -> ProviderPayment:
        raise ProviderRefused(self.name, 404, BY_HAND, id)

    async def capture(self, payment: ProviderPayment, key: str) -> ProviderPayment:  # noqa: ARG002 - the port's
        raise ProviderRefused(self.name, 404, BY_HAND, key)

    async def cancel(self, id: str, key: str) -> ProviderPayment:  # noqa: ARG002 - the port's
        raise ProviderRefused(self.name, 404, BY_HAND, key)

    async def create_refund(self, order: RefundOrder) -> ProviderRefund:
        """Leave the refund pending until the organizer says that it was paid back."""
        return ProviderRefund(order.key, "pending", order.amount, order.currency)

    async def refund(self, id: str) -> ProviderRefund:
        raise ProviderRefused(self.name, 404, BY_HAND, id)

    def hint(self, body: bytes) -> Hint | None:  # noqa: ARG002 - the port's
        return None
