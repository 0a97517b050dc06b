"""The orders service, an ASGI app without a framework."""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from orders.client import Stock, letter

from stead.kit.component import Lifespan

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
HEALTH = ("/health", "/version")


class Orders:
    """Answers what may be asked of orders."""

    def __init__(self) -> None:
        self.currency = os.environ.get("ORDERS_CURRENCY", "EUR")
        self.database = os.environ["DATABASE_URL"]
        self.stock = Stock(os.environ["STOCK_SERVICE_URL"])
        self.health = {
            "service": os.environ["SERVICE_NAME"],
            "env": os.environ["ENVIRONMENT"],
            "status": "ok",
            "version": os.environ["VERSION"],
        }

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        if scope["type"] != "http":
            return
        status, body = self.answer(scope["path"])
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of an answer."""
        if path in HEALTH:
            return 200, self.health
        if path == "/livez":
            return 200, {"status": "ok"}
        if path == "/v1/prices":
            return 200, {"currency": self.currency}
        if path == "/v1/orders":
            return 201, {"reserved": self.stock.reserve(), "told": letter()}
        return 404, {"code": "not_found"}


def create() -> Orders:
    """Return the service."""
    return Lifespan(Orders(), ())
