"""Which routes overlap, and what an API token must hold."""

import pytest

from stead import Backend, Gateway, Route, Service
from stead.model.route_rules import _route_pairs


@pytest.mark.parametrize(
    ("one", "two", "meet"),
    [
        ("/v1/a", "/v1/a", True),
        ("/v1/a", "/v1/b", False),
        ("/v1/{x}", "/v1/b", True),
        ("/v1/{x}", "/v1/{y}", True),
        ("/v1/{x}/z", "/v1/{y}", False),
        ("/v1/{x}/z", "/v1/a/{y}", True),
        ("/v1/a", "/v1/a/", False),
        ("/", "/{rest:path}", False),
        ("/v1/{x}", "/{rest:path}", False),
        ("/{one:path}", "/{other:path}", True),
        ("/v1/{one:path}", "/{other:path}", False),
    ],
)
def test_overlap(one, two, meet):
    assert Route.public("GET", one).overlaps(Route.user("GET", two)) is meet
    assert not Route.public("GET", one).overlaps(Route.user("POST", two))
    assert Route.public("ANY", one).overlaps(Route.user("POST", two)) is meet


@pytest.mark.parametrize(
    ("route", "scope"),
    [
        (Route.user("GET", "/v1/points/balance"), "points:read"),
        (Route.user("POST", "/v1/events/{id}/registrations"), "events:write"),
        (Route.user("GET", "/{id}"), "all:read"),
        (Route.user("GET", "/"), "all:read"),
        (Route.user("GET", "/{rest:path}"), "all:read"),
        (Route.user("GET", "/v1/tokens", scope=None), None),
        (Route.user("GET", "/v1/tokens", scope="keys:read"), "keys:read"),
        (Route.public("GET", "/v1/events"), ""),
    ],
)
def test_scope(route, scope):
    assert route.scope == scope


@pytest.mark.parametrize(("given", "size"), [("50MiB", 50 << 20), (10, 10), ("2 kB", 2000), (None, None)])
def test_a_body_is_a_number_of_bytes_or_a_size(given, size):
    assert Route.public("POST", "/v1/files", body=given).max_body == size


def backend_of(paths):
    services = [
        Service(f"s{number}", app="a:b", routes=[Route.public("ANY", path) for path in own])
        for number, own in enumerate(paths)
    ]
    return Backend("shop", services=services, gateway=Gateway("gateway", fronts=services))


def test_every_pair_that_overlaps_is_looked_at():
    forms = [f"/{one}/{two}" for one in ("a", "b", "{x}") for two in ("a", "{y}", "{z:path}")]
    backend = backend_of([forms, forms])
    services = backend.services
    every = [(one, two) for one in services[0].routes for two in services[1].routes if one.overlaps(two)]
    looked = [(one, two) for first, second, one, two in _route_pairs(backend) if first is not second]
    assert {pair for pair in looked if pair[0].overlaps(pair[1])} == set(every)


def test_paths_that_begin_apart_are_never_compared():
    assert list(_route_pairs(backend_of([[f"/v1/{n}", f"/v1/{n}/{{x}}"] for n in range(300)]))) == []
