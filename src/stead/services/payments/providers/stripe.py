"""Stripe: Checkout Sessions and refunds, by a thin client, as with YooKassa.

Source: https://docs.stripe.com/api. Every POST that makes something has our `Idempotency-Key`. 4xx is a definite no;
409 (the key is in use), 429, 5xx and no answer are unknown. The amount is in minor units, as ours. A payment is known
by its session: it is there before the payer is. A declined card ends nothing, as the payer may take another one.
"""

import re
from collections.abc import Mapping
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
NAME_LENGTH = 250  # characters of what is paid for
UNKNOWN = frozenset({409, 429})
SESSION, REFUND = re.compile(r"cs_\w{1,200}"), re.compile(r"re_\w{1,200}")
EVENTS: dict[str, Literal["payment", "refund"]] = {
    "checkout.session.completed": "payment",
    "checkout.session.expired": "payment",
    "checkout.session.async_payment_succeeded": "payment",
    "checkout.session.async_payment_failed": "payment",
    "refund.updated": "refund",
    "refund.failed": "refund",
}
# Of a payment intent; every other status is one in which the payer may still pay.
_INTENT: dict[str, PaymentStatus] = {
    "requires_capture": "authorized",
    "succeeded": "succeeded",
    "canceled": "cancelled",
}
_REFUND: dict[str, RefundStatus] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
    "failed": "cancelled",
    "canceled": "cancelled",
}


class _Intent(Struct):
    id: str
    status: str
    cancellation_reason: str | None = None


class _Session(Struct):
    id: str
    status: Literal["open", "complete", "expired"]
    amount_total: int
    currency: str
    client_reference_id: str | None = None
    url: str | None = None
    payment_intent: _Intent | None = None


class _Refund(Struct):
    id: str
    status: str
    amount: int
    currency: str


class _Error(Struct):
    type: str = "unknown"
    code: str | None = None


class _Errors(Struct):
    error: _Error


class _Object(Struct):
    id: str


class _Data(Struct):
    object: _Object


class _Event(Struct):
    type: str
    data: _Data


class Stripe(ExternalClient):
    """One account."""

    name = "stripe"
    polled = True
    needs_receipt = False

    def __init__(self, url: str, secret: LiveSetting, *, return_url: str) -> None:
        super().__init__(url.rstrip("/") + "/v1", timeout=TIMEOUT)
        self._secret = secret
        self._return_url = return_url

    async def create(self, order: Order) -> ProviderPayment:
        """Begin a payment; the same order again gets the same session."""
        item = "line_items[0]"
        form = {
            "mode": "payment",
            "client_reference_id": order.key,
            "success_url": self._return_url,
            f"{item}[quantity]": "1",
            f"{item}[price_data][currency]": order.currency.lower(),
            f"{item}[price_data][unit_amount]": str(order.amount),
            f"{item}[price_data][product_data][name]": order.description[:NAME_LENGTH],
            "payment_intent_data[capture_method]": "automatic" if order.capture else "manual",
            "expand[]": "payment_intent",
        }
        if order.receipt_to and "@" in order.receipt_to:
            form["customer_email"] = order.receipt_to
        return _payment(await self._request("POST", "/checkout/sessions", _Session, form, order.key))

    async def payment(self, id: str) -> ProviderPayment:
        return _payment(await self._session(id))

    async def capture(self, payment: ProviderPayment, key: str) -> ProviderPayment:
        intent = await self._intent(payment.id)
        form = {"amount_to_capture": str(payment.amount)}
        await self._request("POST", f"/payment_intents/{intent}/capture", _Intent, form, key)
        return await self.payment(payment.id)

    async def cancel(self, id: str, key: str) -> ProviderPayment:
        """Cancel what was reserved, or end a session that nobody has paid."""
        session = await self._session(id)
        if session.status == "open":
            await self._request("POST", f"/checkout/sessions/{id}/expire", _Object, {}, key)
        elif session.payment_intent:
            await self._request("POST", f"/payment_intents/{session.payment_intent.id}/cancel", _Intent, {}, key)
        return await self.payment(id)

    async def create_refund(self, order: RefundOrder) -> ProviderRefund:
        """Order a refund; the same order again gets the same refund."""
        form = {"payment_intent": await self._intent(order.provider_payment), "amount": str(order.amount)}
        return _refund(await self._request("POST", "/refunds", _Refund, form, order.key))

    async def refund(self, id: str) -> ProviderRefund:
        return _refund(await self._request("GET", f"/refunds/{id}", _Refund))

    def hint(self, body: bytes) -> Hint | None:
        """Return what an event is about; None for one that is not ours. Raises msgspec.MsgspecError.

        The signature is not needed: an event is never believed, only followed by a read.
        """
        event = msgspec.json.decode(body, type=_Event)
        kind, id_ = EVENTS.get(event.type), event.data.object.id
        form = SESSION if kind == "payment" else REFUND
        return Hint(event.type, kind, id_) if kind and form.fullmatch(id_) else None

    async def _session(self, id: str) -> _Session:
        session: _Session = await self._request("GET", f"/checkout/sessions/{id}?expand[]=payment_intent", _Session)
        return session

    async def _intent(self, id: str) -> str:
        """Return the payment intent of a session; ProviderRefused when nobody has begun to pay."""
        session = await self._session(id)
        if session.payment_intent is None:
            raise ProviderRefused(self.name, 404, "no_payment_intent")
        return session.payment_intent.id

    async def _request(
        self, method: str, path: str, kind: type[Any], form: Mapping[str, str] | None = None, key: str | None = None
    ) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = await with_each_key(
                self._secret,
                lambda secret: self._send(
                    method, path, data=form, headers=headers | {"Authorization": f"Bearer {secret}"}
                ),
            )
        except NoAnswer as error:
            raise ProviderUnavailable(self.name, error.why) from None
        status = answer.status
        if status in UNKNOWN or status == UNAUTHORIZED or status >= 500 or 300 <= status < 400:
            raise ProviderUnavailable(self.name, f"it answered {status}")
        try:
            if status >= 400:
                error_ = msgspec.json.decode(answer.content, type=_Errors).error
                raise ProviderRefused(self.name, status, error_.code or error_.type)
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError:
            raise ProviderUnavailable(self.name, f"its answer {status} cannot be read") from None


def _payment(session: _Session) -> ProviderPayment:
    intent = session.payment_intent
    status: PaymentStatus = _INTENT.get(intent.status, "pending") if intent else "pending"
    if session.status == "expired":
        status = "cancelled"
    return ProviderPayment(
        session.id,
        status,
        session.amount_total,
        session.currency.upper(),
        key=session.client_reference_id,
        confirmation=session.url,
        reason=((intent and intent.cancellation_reason) or session.status) if status == "cancelled" else None,
    )


def _refund(refund: _Refund) -> ProviderRefund:
    if refund.status not in _REFUND:
        raise ProviderUnavailable("stripe", f"a refund with the unknown status {refund.status[:40]!r}")
    return ProviderRefund(refund.id, _REFUND[refund.status], refund.amount, refund.currency.upper())
