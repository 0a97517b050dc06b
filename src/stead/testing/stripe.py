"""A stand-in for Stripe: Checkout Sessions, payment intents and refunds, in memory, over real HTTP.

It holds every POST to its `Idempotency-Key`. What a payer would do is the method `act`; what a bad network does is in
`failures`. Source: https://docs.stripe.com/api.
"""

import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar, Request, Response, route
from litestar.params import FromPath

from stead.kit.asgi import ASGIApp

Object = dict[str, Any]
Form = Mapping[str, str]


class Refused(Exception):  # noqa: N818 - said as it is read
    """A definite no."""

    def __init__(self, status: int, type_: str, code: str = "") -> None:
        super().__init__(type_)
        self.status, self.body = status, {"error": {"type": type_, "code": code or None}}


@dataclass
class Stripe:
    """One account.

    failures  of the next POSTs: a status, and whether the work is done before the answer is lost
    """

    secret: str
    refund_status: str = "succeeded"
    sessions: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    failures: deque[tuple[int, bool]] = field(default_factory=deque)
    answers: dict[str, tuple[str, bytes, Object]] = field(default_factory=dict)

    def create(self, form: Form) -> Object:
        item, id_ = "line_items[0][price_data]", f"cs_test_{secrets.token_hex(16)}"
        self.sessions[id_] = {
            "id": id_,
            "object": "checkout.session",
            "status": "open",
            "amount_total": int(form[f"{item}[unit_amount]"]),
            "currency": form[f"{item}[currency]"],
            "client_reference_id": form["client_reference_id"],
            "url": f"https://checkout.stripe.com/c/pay/{id_}",
            "payment_intent": None,
            "capture_method": form["payment_intent_data[capture_method]"],
        }
        return self.sessions[id_]

    def act(self, id_: str, act: str) -> Object:
        """Have a payer pay, or let a session expire."""
        session = self.sessions[id_]
        if act == "expire":
            session["status"] = "expired"
        else:
            status = "succeeded" if session["capture_method"] == "automatic" else "requires_capture"
            session |= {"status": "complete", "url": None}
            session["payment_intent"] = {"id": f"pi_{secrets.token_hex(12)}", "status": status}
        return session

    def expire(self, id_: str) -> Object:
        if self._session(id_)["status"] != "open":
            raise Refused(400, "invalid_request_error")
        return self.act(id_, "expire")

    def change_intent(self, id_: str, status: str) -> Object:
        intent = self._intent(id_)["payment_intent"]
        if intent["status"] != "requires_capture":
            raise Refused(400, "invalid_request_error", "payment_intent_unexpected_state")
        intent["status"] = status
        return dict(intent)

    def create_refund(self, form: Form) -> Object:
        session = self._intent(form["payment_intent"])
        mine = [each for each in self.refunds.values() if each["payment_intent"] == form["payment_intent"]]
        used = sum(each["amount"] for each in mine if each["status"] != "failed")
        if session["payment_intent"]["status"] != "succeeded" or used + int(form["amount"]) > session["amount_total"]:
            raise Refused(400, "invalid_request_error", "charge_already_refunded")
        id_ = f"re_{secrets.token_hex(12)}"
        about = {"amount": int(form["amount"]), "currency": session["currency"], "status": self.refund_status}
        self.refunds[id_] = {"id": id_, "object": "refund", "payment_intent": form["payment_intent"], **about}
        return self.refunds[id_]

    def once(self, key: str, path: str, body: bytes, work: Callable[[], Object]) -> Object:
        """Do something once for its key."""
        if key not in self.answers:
            self.answers[key] = (path, body, dict(work()))
        known_path, known_body, answer = self.answers[key]
        if (known_path, known_body) != (path, body):
            raise Refused(400, "idempotency_error")
        return answer

    def _session(self, id_: str) -> Object:
        return _found(self.sessions, id_)

    def _intent(self, id_: str) -> Object:
        """Return the session of a payment intent."""
        by_intent = {each["payment_intent"]["id"]: each for each in self.sessions.values() if each["payment_intent"]}
        return _found(by_intent, id_)

    def answer(self, method: str, path: str, form: Form) -> Object:
        """Do what a path asks for."""
        match method, path.removeprefix("/v1/").split("/"):
            case "POST", ["checkout", "sessions"]:
                return self.create(form)
            case "GET", ["checkout", "sessions", id_]:
                return self._session(id_)
            case "POST", ["checkout", "sessions", id_, "expire"]:
                return self.expire(id_)
            case "POST", ["payment_intents", id_, "capture" | "cancel" as act]:
                return self.change_intent(id_, {"capture": "succeeded", "cancel": "canceled"}[act])
            case "POST", ["refunds"]:
                return self.create_refund(form)
            case "GET", ["refunds", id_]:
                return _found(self.refunds, id_)
        raise Refused(404, "invalid_request_error", "resource_missing")


def _found(objects: Mapping[str, Object], id_: str) -> Object:
    if id_ not in objects:
        raise Refused(404, "invalid_request_error", "resource_missing")
    return objects[id_]


def app(stripe: Stripe) -> ASGIApp:
    """Return the API as an ASGI app."""

    @route("/v1/{rest:path}", http_method=["GET", "POST"])
    async def api(request: Request[Any, Any, Any], rest: FromPath[str]) -> Response[Any]:  # noqa: ARG001 - the path has it
        body, path, method = await request.body(), request.url.path, request.method
        status, done = stripe.failures.popleft() if method == "POST" and stripe.failures else (0, True)
        try:
            answer = _answer(stripe, request, path, body) if done else {}
        except Refused as refused:
            return Response(refused.body, status_code=refused.status)
        return Response({"error": {"type": "api_error"}} if status else answer, status_code=status or 200)

    inner: Any = Litestar([api], logging_config=None, openapi_config=None, debug=False)
    return inner  # type: ignore[no-any-return]


def _answer(stripe: Stripe, request: Request[Any, Any, Any], path: str, body: bytes) -> Object:
    if request.headers.get("authorization") != f"Bearer {stripe.secret}":
        raise Refused(401, "invalid_request_error")
    form = dict(parse_qsl(body.decode()))
    if request.method == "GET":
        return stripe.answer("GET", path, form)
    key = request.headers.get("idempotency-key", "")
    return stripe.once(key, path, body, lambda: stripe.answer("POST", path, form))
