"""YooKassa API v3: a thin client, in place of the official SDK, which has no timeout and logs credentials.

Source: YooKassa's API reference. Every POST has our `Idempotence-Key`. 4xx is a definite no; 429, 5xx and no answer are
unknown; 401 waits for another key. Amounts are text with two decimals.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec
from msgspec import Struct

from stead.kit.external_client import UNAUTHORIZED, ExternalClient, NoAnswer, with_each_key
from stead.kit.live_setting import LiveSetting
from stead.services.payments.providers.provider import (
    Hint,
    Order,
    PaymentStatus,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
    RefundOrder,
    RefundStatus,
)

TIMEOUT = 8.0  # seconds of one call, all of it
DESCRIPTION = 128  # characters
EVENTS: dict[str, Literal["payment", "refund"]] = {
    "payment.waiting_for_capture": "payment",
    "payment.succeeded": "payment",
    "payment.canceled": "payment",
    "refund.succeeded": "refund",
}
_ID = re.compile(r"[0-9a-f-]{36}")
_PAYMENT: dict[str, PaymentStatus] = {
    "pending": "pending",
    "waiting_for_capture": "authorized",
    "succeeded": "succeeded",
    "canceled": "cancelled",
}
_REFUND: dict[str, RefundStatus] = {"pending": "pending", "succeeded": "succeeded", "canceled": "cancelled"}


class _Amount(Struct):
    value: str
    currency: str


class _Confirmation(Struct):
    confirmation_url: str | None = None
    confirmation_token: str | None = None


class _Cancellation(Struct):
    party: str = ""
    reason: str = ""


class _Payment(Struct):
    id: str
    status: str
    amount: _Amount
    confirmation: _Confirmation | None = None
    cancellation_details: _Cancellation | None = None
    metadata: dict[str, str] | None = None


class _Refund(Struct):
    id: str
    status: str
    amount: _Amount


class _Error(Struct):
    code: str = "unknown"
    description: str = ""


class _Object(Struct):
    id: str


class _Notification(Struct):
    event: str
    object: _Object


class YooKassa(ExternalClient):
    """One shop."""

    name = "yookassa"
    polled = True

    def __init__(self, url: str, shop: str, secret: LiveSetting, *, return_url: str, vat_code: int = 0) -> None:
        super().__init__(url.rstrip("/") + "/v3", timeout=TIMEOUT)
        self._shop, self._secret = shop, secret
        self._return_url = return_url
        self._vat_code = vat_code
        self.needs_receipt = vat_code > 0

    async def create(self, order: Order) -> ProviderPayment:
        """Begin a payment; the same order again gets the same payment."""
        kind = (
            {"type": "embedded"} if order.method == "widget" else {"type": "redirect", "return_url": self._return_url}
        )
        body = {
            "amount": _amount(order.amount, order.currency),
            "capture": order.capture,
            "confirmation": kind,
            "description": order.description[:DESCRIPTION],
            "metadata": {"payment_id": order.key},
        } | self._receipt(order.amount, order.currency, order.description, order.receipt_to)
        return _payment(await self._request("POST", "/payments", _Payment, body, order.key))

    async def payment(self, id: str) -> ProviderPayment:
        return _payment(await self._request("GET", f"/payments/{id}", _Payment))

    async def capture(self, payment: ProviderPayment, key: str) -> ProviderPayment:
        body = {"amount": _amount(payment.amount, payment.currency)}
        return _payment(await self._request("POST", f"/payments/{payment.id}/capture", _Payment, body, key))

    async def cancel(self, id: str, key: str) -> ProviderPayment:
        return _payment(await self._request("POST", f"/payments/{id}/cancel", _Payment, {}, key))

    async def create_refund(self, order: RefundOrder) -> ProviderRefund:
        """Order a refund; the same order again gets the same refund."""
        body = {
            "payment_id": order.provider_payment,
            "amount": _amount(order.amount, order.currency),
            "description": order.description[:DESCRIPTION],
        } | self._receipt(order.amount, order.currency, order.description, order.receipt_to)
        return _refund(await self._request("POST", "/refunds", _Refund, body, order.key))

    async def refund(self, id: str) -> ProviderRefund:
        return _refund(await self._request("GET", f"/refunds/{id}", _Refund))

    def hint(self, body: bytes) -> Hint | None:
        """Return what a notification is about; None for an event that is not ours. Raises msgspec.MsgspecError."""
        notification = msgspec.json.decode(body, type=_Notification)
        kind = EVENTS.get(notification.event)
        return (
            Hint(notification.event, kind, notification.object.id)
            if kind and _ID.fullmatch(notification.object.id)
            else None
        )

    def _receipt(self, amount: int, currency: str, description: str, to: str | None) -> dict[str, Any]:
        """Return the receipt (54-FZ): one item of the whole amount, so that its sum is the amount."""
        if not self._vat_code or to is None:
            return {}
        item = {
            "description": description[:DESCRIPTION],
            "quantity": "1.00",
            "amount": _amount(amount, currency),
            "vat_code": self._vat_code,
            "payment_subject": "service",
            "payment_mode": "full_payment",
        }
        customer = {"email": to} if "@" in to else {"phone": to.removeprefix("+")}
        return {"receipt": {"customer": customer, "items": [item]}}

    async def _request(
        self, method: str, path: str, kind: type[Any], body: dict[str, Any] | None = None, key: str | None = None
    ) -> Any:
        headers = {"Idempotence-Key": key} if key else {}
        try:
            answer = await with_each_key(
                self._secret,
                lambda secret: self._send(method, path, json=body, headers=headers, auth=(self._shop, secret)),
            )
        except NoAnswer as error:
            raise ProviderUnavailable(self.name, error.why) from None
        status = answer.status
        if status in (202, UNAUTHORIZED, 429) or status >= 500 or 300 <= status < 400:
            raise ProviderUnavailable(self.name, f"it answered {status}", _seconds(answer.headers.get("retry-after")))
        try:
            if status >= 400:
                error_ = msgspec.json.decode(answer.content, type=_Error)
                raise ProviderRefused(self.name, status, error_.code, error_.description)
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError:
            raise ProviderUnavailable(self.name, f"its answer {status} cannot be read") from None


def _amount(amount: int, currency: str) -> dict[str, str]:
    return {"value": f"{amount // 100}.{amount % 100:02d}", "currency": currency}


def minor_units(value: str) -> int:
    """Return kopecks; ProviderUnavailable for what is not an amount with at most two decimals."""
    try:
        units = Decimal(value) * 100
    except InvalidOperation:
        units = Decimal("NaN")
    if not units.is_finite() or units != units.to_integral_value():
        raise ProviderUnavailable("yookassa", "it answered with an amount that cannot be read")
    return int(units)


def _payment(data: _Payment) -> ProviderPayment:
    if data.status not in _PAYMENT:
        raise ProviderUnavailable("yookassa", f"a payment with the unknown status {data.status[:40]!r}")
    shown = data.confirmation
    return ProviderPayment(
        data.id,
        _PAYMENT[data.status],
        minor_units(data.amount.value),
        data.amount.currency,
        key=(data.metadata or {}).get("payment_id"),
        confirmation=(shown.confirmation_url or shown.confirmation_token) if shown else None,
        reason=data.cancellation_details.reason[:200] if data.cancellation_details else None,
    )


def _refund(data: _Refund) -> ProviderRefund:
    if data.status not in _REFUND:
        raise ProviderUnavailable("yookassa", f"a refund with the unknown status {data.status[:40]!r}")
    return ProviderRefund(data.id, _REFUND[data.status], minor_units(data.amount.value), data.amount.currency)


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None
