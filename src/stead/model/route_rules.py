"""What makes routes unusable, inside of a service and at the gateway that fronts them."""

from collections.abc import Iterable, Iterator
from itertools import combinations, combinations_with_replacement

from stead.model.backend import Backend
from stead.model.problem import Problem
from stead.model.route import Route, is_variable, is_wildcard
from stead.model.service import AnyService

PLAIN = "plain"

_Owned = tuple[AnyService, Route]


def service_routes_name_an_operation(backend: Backend) -> Iterator[Problem]:
    """A service route has an operation."""
    for service in backend.services:
        for route in service.routes:
            if route.access == "service" and not route.operation:
                message = f"{route} is for services, but has no operation"
                yield Problem("ROUTE004", message, route.where, "set operation=…, so that a call can name it")


def routes_do_not_overlap(backend: Backend) -> Iterator[Problem]:
    """No request could be meant for two routes: not inside a service, and not at the gateway."""
    for service, other, one, two in _route_pairs(backend):
        if one.overlaps(two):
            message = f"{two} of {other.name} overlaps {one} of {service.name}"
            yield Problem("ROUTE001", message, two.where, "change one of the two paths", one.where)


def _route_pairs(backend: Backend) -> Iterator[tuple[AnyService, AnyService, Route, Route]]:
    """Yield the pairs that one request could be meant for by their first segments; all others cannot overlap."""
    for service in backend.services:
        for one, two in _near((service, route) for route in service.routes):
            yield service, service, one[1], two[1]
    gateway = backend.gateway
    if gateway is None:
        return
    by_prefix: dict[str, list[tuple[AnyService, Route]]] = {}
    for service in dict.fromkeys(gateway.fronts):
        by_prefix.setdefault(gateway.prefix_of(service), []).extend((service, route) for route in _outer(service))
    for outer in by_prefix.values():
        yield from ((one[0], two[0], one[1], two[1]) for one, two in _near(outer) if one[0] is not two[0])


def _near(routes: Iterable[_Owned]) -> Iterator[tuple[_Owned, _Owned]]:
    """Yield each pair, in order, whose plain segments are equal.

    Rejected: every pair. A thousand services have millions of pairs, of which hardly any overlap.
    """
    of_form: dict[tuple[str, ...], list[tuple[int, _Owned]]] = {}
    for number, each in enumerate(routes):
        of_form.setdefault(tuple(map(_form, each[1].segments)), []).append((number, each))
    for one, two in combinations_with_replacement(of_form, 2):
        if len(one) != len(two):
            continue
        plain = [at for at, pair in enumerate(zip(one, two, strict=True)) if pair == (PLAIN, PLAIN)]
        same: dict[tuple[str, ...], dict[int, _Owned]] = {}
        for number, each in of_form[one] + of_form[two]:
            same.setdefault(tuple(each[1].segments[at] for at in plain), {})[number] = each
        for group in same.values():
            yield from combinations((group[number] for number in sorted(group)), 2)


def _form(segment: str) -> str:
    """Return whether a segment is plain, stands for any one, or for all that is left."""
    return "variable" if is_variable(segment) else "wildcard" if is_wildcard(segment) else PLAIN


def _outer(service: AnyService) -> tuple[Route, ...]:
    return tuple(route for route in service.routes if route.access != "service")


def outer_routes_are_fronted(backend: Backend) -> Iterator[Problem]:
    """A public or user route can be reached: the gateway fronts its service."""
    if not backend.gateway:
        return
    for service in backend.services:
        if _outer(service) and not any(front is service for front in backend.gateway.fronts):
            message = f"{_outer(service)[0]} of {service.name} is unreachable: the gateway does not front it"
            yield Problem("ROUTE002", message, service.where, f"add {service.name} to fronts", backend.gateway.where)


RULES = (service_routes_name_an_operation, routes_do_not_overlap, outer_routes_are_fronted)
