"""The payments and refunds of one shop, in memory, and the notifications about them."""

import asyncio
import base64
import hashlib
import json
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2

from stead.kit.cleanup import Protected
from stead.testing.yookassa.behaviour import Behaviour, Fault, Release, WebhookTarget

TRIES = 5  # of a webhook that is not answered with 200; the real one goes on for 24 hours
PAUSE = 0.2  # seconds between them
LONGEST_KEY = 64


class Refused(Exception):  # noqa: N818 - the API's own word
    """An answer that is an error."""

    def __init__(self, status: int, code: str, description: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.body = {"type": "error", "id": str(uuid4()), "code": code, "description": description}


class YooKassa:
    """The payments and refunds of one shop; any credentials open it when `shop` is empty."""

    def __init__(self, shop: str = "", secret: str | None = None, page_url: str = "") -> None:
        self.credentials = (shop, secret)
        self.page_url = page_url
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.receipts: dict[str, dict[str, Any]] = {}  # by the id of the payment or refund
        self.behaviour = Behaviour()
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.asked: Counter[str] = Counter()
        self.target = WebhookTarget()
        self.held: list[dict[str, Any]] = []
        self._answers: dict[str, tuple[str, dict[str, Any]]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()

    def authorize(self, header: str) -> None:
        """Raise Refused 401 unless Basic authorization names the shop."""
        shop, key = self.credentials
        if not shop:
            return
        expected = base64.b64encode(f"{shop}:{key}".encode()).decode()
        if header != f"Basic {expected}":
            raise Refused(401, "invalid_credentials", "Basic authentication failed.")

    def once(self, key: str, path: str, body: bytes) -> dict[str, Any] | None:
        """Return the answer that this key had; Refused when it came with another request, or there is none."""
        if not 0 < len(key) <= LONGEST_KEY:
            raise Refused(400, "invalid_request", "Idempotence-Key must be 1 to 64 characters.")
        digest = hashlib.sha256(path.encode() + b"\n" + body).hexdigest()
        before = self._answers.get(key)
        if before and before[0] != digest:
            raise Refused(400, "invalid_request", "Idempotence key duplicated.")
        return before[1] if before else None

    def keep(self, key: str, path: str, body: bytes, answer: dict[str, Any]) -> None:
        digest = hashlib.sha256(path.encode() + b"\n" + body).hexdigest()
        self._answers[key] = (digest, answer)

    async def create(self, given: dict[str, Any], base: str) -> dict[str, Any]:
        """Begin a payment."""
        amount = _amount(given.get("amount"))
        id_ = str(uuid4())
        kind = (given.get("confirmation") or {}).get("type", "redirect")
        shown = {"type": kind}
        if kind == "embedded":
            shown["confirmation_token"] = f"ct-{id_}"
        else:
            shown["confirmation_url"] = f"{self.page_url or base}/stand-in/pay/{id_}"
        payment = {
            "id": id_,
            "status": "pending",
            "paid": False,
            "amount": amount,
            "confirmation": shown,
            "created_at": _now(),
            "description": given.get("description", ""),
            "metadata": given.get("metadata") or {},
            "refundable": False,
            "test": True,
            "capture": bool(given.get("capture", False)),
        }
        self._keep_receipt(id_, given, amount)
        self.payments[id_] = payment
        if self.behaviour.instantly:
            await self._set_status(payment, self.behaviour.instantly)
        return payment

    async def act(self, id_: str, act: str, reason: str = "") -> dict[str, Any]:
        """Do what a payer or the clock does."""
        payment = self.payment(id_)
        states = {"pay": "succeeded" if payment["capture"] else "waiting_for_capture"}
        if payment["status"] in ("pending", "waiting_for_capture"):
            why = {"decline": reason or "permission_revoked", "expire": _expiry(payment["status"])}.get(act, "")
            await self._set_status(payment, states.get(act, "canceled"), why)
        return payment

    async def capture(self, id_: str, given: dict[str, Any]) -> dict[str, Any]:
        """Capture what is reserved, or a part of it."""
        payment = self.payment(id_)
        if payment["status"] != "waiting_for_capture":
            raise Refused(400, "invalid_request", f"The payment is {payment['status']}.")
        amount = _amount(given.get("amount") or payment["amount"])
        if Decimal(amount["value"]) > Decimal(payment["amount"]["value"]):
            raise Refused(400, "invalid_request", "More than the payment.")
        payment["amount"] = amount
        await self._set_status(payment, "succeeded")
        return payment

    async def cancel(self, id_: str) -> dict[str, Any]:
        payment = self.payment(id_)
        if payment["status"] != "waiting_for_capture":
            raise Refused(400, "invalid_request", f"The payment is {payment['status']}.")
        await self._set_status(payment, "canceled", "canceled_by_merchant")
        return payment

    async def create_refund(self, given: dict[str, Any]) -> dict[str, Any]:
        """Pay back; more than is left is refused."""
        payment = self.payment(str(given.get("payment_id")))
        amount = _amount(given.get("amount"))
        live = [each for each in self.refunds.values() if each["payment_id"] == payment["id"]]
        back = sum((Decimal(each["amount"]["value"]) for each in live if each["status"] != "canceled"), Decimal(0))
        if payment["status"] != "succeeded" or back + Decimal(amount["value"]) > Decimal(payment["amount"]["value"]):
            raise Refused(400, "invalid_request", "More than is left of the payment, or it did not succeed.")
        refund = {
            "id": str(uuid4()),
            "payment_id": payment["id"],
            "status": "pending",
            "amount": amount,
            "created_at": _now(),
        }
        self._keep_receipt(str(refund["id"]), given, amount)
        self.refunds[str(refund["id"])] = refund
        if self.behaviour.refunds != "pending":
            await self._refunded(refund, self.behaviour.refunds)
        return refund

    async def end_refund(self, id_: str, act: str) -> dict[str, Any]:
        refund = self.refund(id_)
        if refund["status"] == "pending":
            await self._refunded(refund, "succeeded" if act == "succeed" else "canceled")
        return refund

    def payment(self, id_: str) -> dict[str, Any]:
        if id_ not in self.payments:
            raise Refused(404, "not_found", "No such payment.")
        return self.payments[id_]

    def refund(self, id_: str) -> dict[str, Any]:
        if id_ not in self.refunds:
            raise Refused(404, "not_found", "No such refund.")
        return self.refunds[id_]

    async def release(self, how: Release) -> int:
        """Send what was gathered, in its order or the other way round, each so many times."""
        notifications, self.held = self.held, []
        for notification in reversed(notifications) if how.reverse else notifications:
            for _ in range(how.times):
                await self._deliver(notification)
        return len(notifications)

    def _keep_receipt(self, id_: str, given: dict[str, Any], amount: dict[str, str]) -> None:
        """Keep the receipt (54-FZ) of a payment or a refund; Refused when its items do not add up to the amount."""
        _check_receipt(given, amount)
        if "receipt" in given:
            self.receipts[id_] = given["receipt"]

    async def _set_status(self, payment: dict[str, Any], status: str, reason: str = "") -> None:
        payment["status"] = status
        payment["paid"] = payment["refundable"] = status == "succeeded"
        if status == "canceled":
            payment["cancellation_details"] = {"party": "yoo_money", "reason": reason or "general_decline"}
        await self._notify(f"payment.{status}", payment)

    async def _refunded(self, refund: dict[str, Any], status: str) -> None:
        refund["status"] = status
        if status == "succeeded":  # there is no `refund.canceled`
            await self._notify("refund.succeeded", refund)

    async def _notify(self, event: str, about: dict[str, Any]) -> None:
        notification = {"type": "notification", "event": event, "object": json.loads(json.dumps(about))}
        if self.target.hold:
            self.held.append(notification)
        elif self.target.url and self.behaviour.webhook_first:
            await self._deliver(notification)
        elif self.target.url:
            task = asyncio.create_task(self._deliver(notification))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, notification: dict[str, Any]) -> None:
        """Send a notification until it is answered with 200, for a while."""
        if self.target.url is None:
            return
        secure = self.target.url.startswith("https:")  # certificates take long to load, and plain HTTP needs none
        async with Protected(httpx2.AsyncClient(timeout=5.0, trust_env=False, verify=secure)) as client:
            for _ in range(TRIES):
                try:
                    if (await client.post(self.target.url, json=notification)).status_code == 200:
                        return
                except httpx2.TransportError:
                    pass  # it may be starting; the next try tells
                await asyncio.sleep(PAUSE)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _expiry(status: str) -> str:
    return "expired_on_capture" if status == "waiting_for_capture" else "expired_on_confirmation"


def _amount(given: Any) -> dict[str, str]:
    try:
        value, currency = Decimal(given["value"]), str(given["currency"])
    except (TypeError, KeyError, ArithmeticError):
        raise Refused(400, "invalid_request", "An amount has a value and a currency.") from None
    if value <= 0 or f"{value:.2f}" != given["value"]:
        raise Refused(400, "invalid_request", "A value is positive text with two decimals.")
    return {"value": given["value"], "currency": currency}


def _check_receipt(given: dict[str, Any], amount: dict[str, str]) -> None:
    """Refuse a receipt (54-FZ) whose items do not add up to the amount."""
    if receipt := given.get("receipt"):
        total = sum(Decimal(item["amount"]["value"]) * Decimal(item["quantity"]) for item in receipt["items"])
        if total != Decimal(amount["value"]):
            raise Refused(400, "invalid_request", "The receipt's items do not add up to the amount.")
