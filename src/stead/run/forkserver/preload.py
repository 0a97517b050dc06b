"""Run the first steps of a service once before forks: many libraries import parts of themselves only then."""

import msgspec
import uvicorn
from litestar import post

from stead.kit.app import service_app
from stead.kit.http_protocol import Protocol
from stead.kit.settings import ServiceSettings, read
from stead.model import Route

PATH = "/v1/things/{thing}"
SETTINGS = {"SERVICE_NAME": "warm", "PORT": "0", "VERSION": "0"}


class PreloadStep(msgspec.Struct):
    size: int


@post("/v1/things/{thing:str}")
async def put(thing: str, data: PreloadStep, limit: int = 0) -> PreloadStep:
    """Take one of everything that a handler can ask for."""
    return PreloadStep(data.size + limit + len(thing))


def warm() -> None:
    """Make a service, and the server that it would have; neither is run."""
    app = service_app(read(ServiceSettings, SETTINGS), routes=[Route.public("POST", PATH)], handlers=[put])
    uvicorn.Config(app, loop="uvloop", http=Protocol, ws="none", lifespan="on", log_config=None).load()
