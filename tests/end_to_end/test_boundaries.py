"""Every pair of processes: a call that nobody declared is refused, with the caller's own key, on a running backend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import httpx2
import pytest

import stead
from stead.model import AnyService, Backend
from stead.model.health import PATHS
from stead.run.run_info import running

USER = {"X-User-Id": "user_ann", "X-User-Roles": "editor clerk"}


@dataclass(frozen=True)
class Boundaries:
    """A backend that runs: where each process is asked, what signs as a caller, and what makes a user's token."""

    backend: Backend
    urls: Mapping[str, str]
    sign: Callable[[str, str, Sequence[str]], str]
    user: Callable[[str, Sequence[str]], str]
    client: httpx2.Client

    @property
    def services(self) -> list[AnyService]:
        """The services that are asked: a worker listens nowhere, and one whose language is missing is left out."""
        return [service for service in self.backend.services if service.name in self.urls]

    def ask(self, service, route, headers):
        return self.client.request(*asked(route, self.urls[service.name]), headers=headers)


@pytest.fixture(scope="module", params=["rewards", "polyglot"])
def boundaries(request):
    """A backend made with the kit, and one of programs in other languages, with Stead's proxy in front of each."""
    folder = request.getfixturevalue(request.param).folder
    found = running(folder)
    with client() as made:
        yield Boundaries(stead.load(folder), found.urls, found.service_token, found.token, made)


def client():
    """Return one for a thousand requests: loading the system's certificates takes longer than an answer.

    Each request has a connection of its own: a service may close one that waits for the next.
    """
    return httpx2.Client(timeout=10.0, verify=False, limits=httpx2.Limits(max_keepalive_connections=0))


def asked(route, url):
    """Return the method and the URL of a request for a route."""
    path = "/" + "/".join("x" if part.startswith("{") else part for part in route.segments)
    return "GET" if route.method == "ANY" else route.method, url + path


def test_no_process_gets_further_than_its_declared_calls(boundaries):
    tried = 0
    for caller, service in product(boundaries.backend.processes, boundaries.services):
        grants = boundaries.backend.callers(service).get(caller.name, ())
        token = boundaries.sign(caller.name, service.name, sorted(service.operations | {"front"}))
        for route in service.routes:
            needed = route.operation if route.access == "service" else "front"
            answer = boundaries.ask(service, route, {"X-Service-Token": token, **USER})
            if needed in grants and route.method == "ANY":
                assert answer.status_code == 401  # it judges the user's credential, and there is none
            elif needed in grants:
                assert answer.status_code not in (401, 403), f"{caller.name} -> {service.name}: {route}: {answer.text}"
            elif grants:
                assert answer.status_code == 403, f"{caller.name} -> {service.name}: {route}: {answer.text}"
            else:
                assert answer.status_code == 401, f"{caller.name} -> {service.name}: {route}: {answer.text}"
            tried += 1
    assert tried == len(boundaries.backend.processes) * sum(len(service.routes) for service in boundaries.services)


def test_no_service_is_asked_without_a_token(boundaries):
    for service in boundaries.services:
        for route in service.routes:
            assert boundaries.ask(service, route, {"X-User-Id": "ann"}).status_code == 401, f"{service.name}: {route}"


def test_no_inner_route_is_reached_through_the_gateway(boundaries):
    gateway = boundaries.backend.gateway
    url, headers = boundaries.urls[gateway.name], {"Authorization": f"Bearer {boundaries.user('user_ann', ['editor'])}"}
    for service in boundaries.services:
        for route in (route for route in service.routes if route.access == "service"):
            method, at = asked(route, url)
            # A front end has every path that no other service has outside, for GET only, and no such file.
            refusal = 405 if method != "GET" and any(each.static for each in gateway.fronts) else 404
            assert boundaries.client.request(method, at, headers=headers).status_code == refusal, str(route)
    assert boundaries.client.get(f"{url}/metrics", headers=headers).status_code == 404


def test_health_is_open_and_says_nothing_more(rewards):
    urls = running(rewards.folder).urls
    for name, url in urls.items():
        for path in PATHS[:2]:
            assert list(httpx2.get(url + path).json()) == ["service", "env", "status", "version"], name
