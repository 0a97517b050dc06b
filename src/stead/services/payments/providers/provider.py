"""The port of payment providers.

A call is made with a key that was committed before, and outside of any transaction. An answer that does not come is
`ProviderUnavailable`: what happened is unknown, and the same call with the same key, or a read, settles it.

    ProviderRefused       the provider understood and said no: another try with this key gets the same
    ProviderUnavailable   no answer, 429 or 5xx: unknown
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

PaymentStatus = Literal["pending", "authorized", "succeeded", "cancelled"]
RefundStatus = Literal["pending", "succeeded", "cancelled"]


class ProviderRefused(Exception):  # noqa: N818 - said as it is read: `except ProviderRefused`
    """A definite no; `code` is the provider's, `status` its HTTP status."""

    def __init__(self, provider: str, status: int, code: str, detail: str = "") -> None:
        super().__init__(f"{provider}: {status} {code}{f': {detail}' if detail else ''}")
        self.status = status
        self.code = code


class ProviderUnavailable(Exception):  # noqa: N818
    """The outcome is unknown; `retry_after` in seconds, if the provider gave it."""

    def __init__(self, provider: str, why: str, retry_after: float | None = None) -> None:
        super().__init__(f"{provider}: {why}")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Order:
    """A payment to begin. `key` is ours, fixed before the call; amounts are minor units."""

    key: str
    amount: int
    currency: str
    description: str
    method: str
    capture: bool
    receipt_to: str | None = None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to pay back of a payment, named by the provider's id."""

    key: str
    provider_payment: str
    amount: int
    currency: str
    description: str
    receipt_to: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment at the provider. `key` is its idempotency key, if the provider stores it."""

    id: str
    status: PaymentStatus
    amount: int
    currency: str
    key: str | None = None
    confirmation: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the provider has it."""

    id: str
    status: RefundStatus
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Hint:
    """The object of a webhook: a payment or a refund. It is never trusted, only followed by a read."""

    event: str
    kind: Literal["payment", "refund"]
    id: str


class Provider(Protocol):
    """One provider.

    polled         False where nothing can be read, as with a transfer that a person looks at
    needs_receipt  every payment has a receipt (54-FZ), which goes to an address of the payer
    """

    name: str
    polled: bool
    needs_receipt: bool

    async def create(self, order: Order) -> ProviderPayment: ...
    async def payment(self, id: str) -> ProviderPayment: ...
    async def capture(self, payment: ProviderPayment, key: str) -> ProviderPayment: ...
    async def cancel(self, id: str, key: str) -> ProviderPayment: ...
    async def create_refund(self, order: RefundOrder) -> ProviderRefund: ...
    async def refund(self, id: str) -> ProviderRefund: ...
    def hint(self, body: bytes) -> Hint | None: ...


class Providers:
    """The providers that are configured, by method of payment and by name."""

    def __init__(self, by_method: Mapping[str, Provider]) -> None:
        self._by_method = dict(by_method)
        self._by_name = {provider.name: provider for provider in by_method.values()}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def for_method(self, method: str) -> Provider | None:
        return self._by_method.get(method)

    def named(self, name: str) -> Provider | None:
        return self._by_name.get(name)
