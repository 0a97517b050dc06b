"""The wishes service, put together."""

from stead.kit.app import service_app
from stead.kit.asgi import ASGIApp
from stead.kit.settings import read
from wishes.routes import HANDLERS
from wishes.service import ROUTES
from wishes.settings import WishesSettings


def create() -> ASGIApp:
    """Return the service."""
    return service_app(read(WishesSettings), routes=ROUTES, handlers=HANDLERS)
