"""A service made with the kit, as small as one can be."""

import asyncio

from litestar import get

from stead.kit.app import service_app
from stead.kit.settings import ServiceSettings, read
from stead.model import Route

ROUTES = (Route.public("GET", "/v1/hello"), Route.public("GET", "/v1/slow"))


@get("/v1/hello")
async def hello() -> dict[str, str]:
    return {"hello": "WORLD"}


@get("/v1/slow")
async def slow() -> dict[str, str]:
    await asyncio.sleep(1.0)
    return {"slow": "but there"}


def create():
    return service_app(read(ServiceSettings), routes=ROUTES, handlers=[hello, slow])
