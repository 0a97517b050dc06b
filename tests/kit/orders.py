"""A small service that uses all of the kit's edge; tests run it in-process and as a process of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Stream

from stead.kit.app import service_app
from stead.kit.caller import Caller
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.settings import ServiceSettings, read
from stead.kit.user import User
from stead.model import Route, Service

logger = logging.getLogger(__name__)


class Line(msgspec.Struct):
    """One line of an order."""

    amount: Annotated[int, msgspec.Meta(gt=0, le=2**53)]
    note: str | None = None


class Order(msgspec.Struct):
    """What is ordered."""

    name: str
    lines: list[Line]
    due: date | None = None


class Made(msgspec.Struct):
    name: str
    said: list[str]


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class Form(msgspec.Struct):
    token: str
    count: int = 1


class Kitchen:
    """What the handlers are given."""

    name = "kitchen"

    def __init__(self) -> None:
        self.log: list[str] = []

    async def open(self) -> None:
        self.log.append("opened")

    async def close(self) -> None:
        self.log.append("closed")
        logger.info("kitchen closed")

    async def check(self) -> None:
        if "broken" in self.log:
            raise OSError("broken")


@post("/v1/orders")
async def make(data: Order, caller: Caller, attempt: IdempotencyKey, kitchen: Kitchen) -> Made:
    """Make an order."""
    return Made(data.name, [caller.name, attempt.owner, str(attempt.key), attempt.body_hash.hex(), *kitchen.log])


@get("/v1/orders/{order_id:uuid}")
async def see(order_id: UUID, user: User, limit: Annotated[int, Parameter(ge=1, le=100)] = 10) -> Made:
    """See an order."""
    return Made(str(order_id), [user.id, str(limit)])


@put("/v1/orders/{name:str}")
async def rename(name: str, data: Strict, user: User, attempt: IdempotencyKey) -> Response[Made]:
    return Response(Made(name, [data.name, attempt.owner, user.id]), status_code=202, headers={"X-Was": name})


@delete("/v1/orders/{name:str}", status_code=204)
async def drop(name: str, user: User) -> None:
    logger.info("dropped %s for %s", name, user.id)


@post("/v1/forms", status_code=200)
async def form(data: Annotated[Form, Body(media_type=RequestEncodingType.URL_ENCODED)]) -> Made:
    return Made(data.token, [str(data.count)])


@post("/v1/webhooks", status_code=200)
async def webhook(request: Request[Any, Any, Any], body: bytes) -> Made:
    return Made(body.decode(), [request.headers.get("x-signature", ""), str(await request.body() == body)])


@get("/v1/slow")
async def slow(seconds: float = 1.0) -> Made:
    logger.info("slow begins")
    await asyncio.sleep(seconds)
    return Made("slow", [])


@get("/v1/broken")
async def broken() -> Made:
    raise RuntimeError("postgresql://me:hunter2@host/d")


@get("/v1/refused")
async def refused() -> Made:
    raise HttpProblem(409, "taken", "It is taken.", by="somebody")


async def _pieces() -> AsyncIterator[bytes]:
    yield b"a"
    yield b"b"


@get("/v1/stream")
async def stream() -> Stream:
    return Stream(_pieces(), media_type="text/plain")


HANDLERS = (make, see, rename, drop, form, webhook, slow, broken, refused, stream)
ROUTES = (
    Route.service("POST", "/v1/orders", "order"),
    Route.user("GET", "/v1/orders/{order_id}"),
    Route.user("PUT", "/v1/orders/{name}", roles=("cook",)),
    Route.user("DELETE", "/v1/orders/{name}"),
    *(Route.public("POST", f"/v1/{name}") for name in ("forms", "webhooks")),
    *(Route.public("GET", f"/v1/{name}") for name in ("slow", "broken", "refused", "stream")),
)
SERVICE = Service("order-service", app="kit.orders:create", routes=ROUTES, settings=ServiceSettings)


def create(kitchen: Kitchen | None = None):
    kitchen = kitchen or Kitchen()
    settings = read(ServiceSettings)
    return service_app(
        settings, routes=ROUTES, handlers=HANDLERS, parts=[kitchen], provide={"kitchen": kitchen}, health=[kitchen]
    )


def fails_to_open():
    class Wall(Kitchen):
        name = "wall"

        async def open(self) -> None:
            raise OSError("postgresql://me:hunter2@host does not answer")

    return create(Wall())
