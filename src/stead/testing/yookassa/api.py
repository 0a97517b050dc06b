"""The stand-in over HTTP: the API, the page of the payer, and what tests tell it."""

import json
from html import escape
from typing import Any

from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from stead.kit.asgi import ASGIApp
from stead.kit.health import Health
from stead.kit.settings import ServiceSettings, read
from stead.model import secret, var
from stead.testing.yookassa.behaviour import Behaviour, Fault, Release, WebhookTarget
from stead.testing.yookassa.faults import Faults
from stead.testing.yookassa.shop import Refused, YooKassa


class YooKassaSettings(ServiceSettings):
    """What the stand-in is told."""

    yookassa_shop_id: str = var(default="", help="The one shop that it knows; empty: any.")
    yookassa_secret_key: str | None = secret(default=None, help="The shop's key; none: any.")
    yookassa_page_url: str = var(default="", help="Where a payer reaches this stand-in; empty: as it was asked.")


def _page(payment: dict[str, Any]) -> str:
    id_, amount = payment["id"], payment["amount"]
    buttons = "".join(
        f'<form method="post" action="/stand-in/payments/{id_}/{act}"><button>{label}</button></form>'
        for act, label in (("pay", "Pay"), ("decline", "Decline"))
    )
    about = escape(f"{payment['description']}: {amount['value']} {amount['currency']}, {payment['status']}")
    return f"<!doctype html><title>YooKassa stand-in</title><h1>YooKassa stand-in</h1><p>{about}</p>{buttons}"


def app(yookassa: YooKassa) -> ASGIApp:  # noqa: C901 - one small function for each path
    """Return the API as an ASGI app, with the faults that it was told around it."""

    async def written(request: Request[Any, Any, Any], work: Any) -> Response[Any]:
        """Answer a POST of the API: once for its key."""
        try:
            yookassa.authorize(request.headers.get("authorization", ""))
            key, path, body = request.headers.get("idempotence-key", ""), request.url.path, await request.body()
            answer = yookassa.once(key, path, body)
            if answer is None:
                answer = await work(json.loads(body or b"{}"))
                yookassa.keep(key, path, body, answer)
        except Refused as refused:
            return Response(refused.body, status_code=refused.status)
        return Response(answer, status_code=200)

    async def got(request: Request[Any, Any, Any], find: Any, id_: str) -> Response[Any]:
        try:
            yookassa.authorize(request.headers.get("authorization", ""))
            return Response(find(id_), status_code=200)
        except Refused as refused:
            return Response(refused.body, status_code=refused.status)

    @post("/v3/payments")
    async def create(request: Request[Any, Any, Any]) -> Response[Any]:
        base = str(request.base_url).rstrip("/")
        return await written(request, lambda given: yookassa.create(given, base))

    @get("/v3/payments/{id_:str}")
    async def payment(request: Request[Any, Any, Any], id_: FromPath[str]) -> Response[Any]:
        return await got(request, yookassa.payment, id_)

    @post("/v3/payments/{id_:str}/capture")
    async def capture(request: Request[Any, Any, Any], id_: FromPath[str]) -> Response[Any]:
        return await written(request, lambda given: yookassa.capture(id_, given))

    @post("/v3/payments/{id_:str}/cancel")
    async def cancel(request: Request[Any, Any, Any], id_: FromPath[str]) -> Response[Any]:
        return await written(request, lambda _: yookassa.cancel(id_))

    @post("/v3/refunds")
    async def create_refund(request: Request[Any, Any, Any]) -> Response[Any]:
        return await written(request, yookassa.create_refund)

    @get("/v3/refunds/{id_:str}")
    async def refund(request: Request[Any, Any, Any], id_: FromPath[str]) -> Response[Any]:
        return await got(request, yookassa.refund, id_)

    @get("/stand-in/pay/{id_:str}", media_type="text/html")
    async def page(id_: FromPath[str]) -> Response[str]:
        found = yookassa.payments.get(id_)
        return Response(_page(found) if found else "No such payment.", status_code=200 if found else 404)

    @post("/stand-in/payments/{id_:str}/{act:str}")
    async def act(id_: FromPath[str], act: FromPath[str], reason: FromQuery[str] = "") -> Response[Any]:
        try:
            return Response(await yookassa.act(id_, act, reason), status_code=200)
        except Refused as refused:
            return Response(refused.body, status_code=refused.status)

    @post("/stand-in/refunds/{id_:str}/{act:str}", status_code=200)
    async def end_refund(id_: FromPath[str], act: FromPath[str]) -> dict[str, Any]:
        return await yookassa.end_refund(id_, act)

    @post("/stand-in/webhooks", status_code=200)
    async def target(data: JSONBody[WebhookTarget]) -> None:
        yookassa.target = data

    @post("/stand-in/webhooks/release", status_code=200)
    async def release(data: JSONBody[Release]) -> dict[str, int]:
        return {"sent": await yookassa.release(data)}

    @post("/stand-in/behaviour", status_code=200)
    async def behaviour(data: JSONBody[Behaviour]) -> None:
        yookassa.behaviour = data

    @post("/stand-in/fault", status_code=200)
    async def fault(data: JSONBody[Fault]) -> None:
        yookassa.faults[data.operation].append(data)

    handlers = [create, payment, capture, cancel, create_refund, refund, page, act, end_refund]
    inner: Any = Litestar(
        [*handlers, target, release, behaviour, fault], logging_config=None, openapi_config=None, debug=False
    )
    return Faults(inner, yookassa)


def create() -> ASGIApp:
    """Return the stand-in as a service of a backend: with the health contract, without boundary; only for dev."""
    settings = read(YooKassaSettings)
    shop, key = settings.yookassa_shop_id, settings.yookassa_secret_key
    return Health(app(YooKassa(shop, key, settings.yookassa_page_url)), settings)
