"""A service made with the kit, as small as one can be."""

from litestar import get

from stead.kit.app import service_app
from stead.kit.settings import ServiceSettings, read
from stead.model import Route

ROUTES = (Route.public("GET", "/v1/hello"),)


@get("/v1/hello")
async def hello() -> dict[str, str]:
    return {"hello": "WORLD"}


def create():
    return service_app(read(ServiceSettings), routes=ROUTES, handlers=[hello])
