"""The first request that a person may try on a running backend."""

from stead.model import Backend
from stead.model.health import HEALTH

PUBLIC_READ = ("public", "GET")


def example_path(backend: Backend) -> str:
    """Return a public path of the gateway; its health path without one."""
    gateway = backend.gateway
    if gateway is None or not gateway.fronts:
        return ""
    routes = ((service, route) for service in gateway.fronts for route in service.routes)
    open_to_all = ((service, route) for service, route in routes if (route.access, route.method) == PUBLIC_READ)
    plain = (gateway.prefix_of(service) + route.path for service, route in open_to_all if "{" not in route.path)
    return next(plain, HEALTH)
