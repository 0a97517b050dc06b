"""The rules of gRPC in a description: routes, and health probes."""

import re
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.problem import Problem
from stead.model.route import Route
from stead.model.service import AnyService

METHOD_PATH = re.compile(r"/[A-Za-z_][\w.]*/([A-Za-z_]\w*|\{\w+\})")  # of the HTTP/2 mapping: Service-Name and method
EXAMPLE = 'Route.service("POST", "/shop.v1.Stock/Reserve", "reserve", grpc=True)'
ANOTHER_START = "start it by a command, an image or a build"


def grpc_routes_can_be_served(backend: Backend) -> Iterator[Problem]:
    """A gRPC route is a POST on a gRPC path, of a program that speaks HTTP/2."""
    for service in backend.services:
        for route in (each for each in service.routes if each.grpc):
            if why := _not_a_method(route):
                yield Problem("ROUTE009", f"{route} is gRPC, and {why}", route.where, f"write {EXAMPLE}")
            elif not _is_program(service):
                message = f"{route} of {service.name} is gRPC, but {service.name} is {_kind(service)}, without HTTP/2"
                yield Problem("ROUTE009", message, route.where, ANOTHER_START, service.where)


def grpc_health_can_be_asked(backend: Backend) -> Iterator[Problem]:
    """Health by gRPC belongs to a program that listens, and excludes other probes."""
    for service in (each for each in backend.services if each.health.grpc):
        where = service.health.where
        if not _is_program(service) or service.is_worker:
            kind = "does not listen" if service.is_worker else f"is {_kind(service)}"
            message = f"{service.name} has a gRPC health probe, but {kind}"
            yield Problem("HEALTH004", message, where, "remove grpc", service.where)
        elif service.health.tcp or service.health.probe:
            message = f"{service.name} has a gRPC health probe and another one"
            yield Problem("HEALTH004", message, where, "keep one of grpc, tcp and probe")


def _not_a_method(route: Route) -> str:
    if route.method != "POST":
        return f"its method is {route.method}"
    if not METHOD_PATH.fullmatch(route.path):
        return "its path is not /package.Service/Method"
    if route.websocket:
        return "accepts WebSockets"
    return "has streams and body: a stream has no size" if route.streams and route.body is not None else ""


def _is_program(service: AnyService) -> bool:
    return bool(service.command or service.image or service.build_spec)


def _kind(service: AnyService) -> str:
    return "a Worker" if service.worker else "static files" if service.static else "an app that Stead serves"


RULES = (grpc_routes_can_be_served, grpc_health_can_be_asked)
