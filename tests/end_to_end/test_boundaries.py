"""Every pair of processes: a call that nobody declared is refused, with the caller's own key, on a running backend."""

from itertools import product
from time import time

import httpx2
import pytest

import stead
from stead.kit.caller import mint
from stead.kit.key import signing_key
from stead.model.health import PATHS
from stead.run.run_info import running
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder


@pytest.fixture(scope="module", params=["rewards", "polyglot"])
def live(request):
    """A backend made with the kit, and one of programs in other languages, with Stead's proxy in front of each."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def backend(live):
    return stead.load(live.folder)


@pytest.fixture(scope="module")
def services(live, backend):
    """The services that run: one whose language is not installed is left out."""
    return [service for service in backend.services if service.name in running(live.folder).urls]


@pytest.fixture(scope="module")
def client():
    """One for a thousand requests: each would load the system's certificates, which takes longer than its answer.

    Each request has a connection of its own: a service may close one that waits for the next.
    """
    with httpx2.Client(timeout=10.0, verify=False, limits=httpx2.Limits(max_keepalive_connections=0)) as made:
        yield made


@pytest.fixture(scope="module")
def asker(live, client):
    """Ask a service as another process would, with the key that this process really has."""
    found = running(live.folder)
    secrets = Secrets(Folder(live.folder / "backend.py"))

    def ask(caller, service, route, operations, headers=None):
        key = signing_key(secrets.signing_key(caller.name))
        token = mint(key, caller.name, service.name, operations, now=time())
        method = "GET" if route.method == "ANY" else route.method
        path = "/" + "/".join("x" if part.startswith("{") else part for part in route.segments)
        sent = {
            "X-Service-Token": f"Bearer {token}",
            "X-User-Id": "user_ann",
            "X-User-Roles": "editor clerk",
            **(headers or {}),
        }
        return client.request(method, found.urls[service.name] + path, headers=sent)

    return ask


def granted(backend, caller, service):
    return backend.callers(service).get(caller.name, ())


def test_no_process_gets_further_than_its_declared_calls(backend, services, asker):
    tried = 0
    for caller, service in product(backend.processes, services):
        grants = granted(backend, caller, service)
        for route in service.routes:
            needed = route.operation if route.access == "service" else "front"
            answer = asker(caller, service, route, sorted(service.operations | {"front"}))
            if needed in grants and route.method == "ANY":
                assert answer.status_code == 401  # it judges the user's credential, and there is none
            elif needed in grants:
                assert answer.status_code not in (401, 403), f"{caller.name} -> {service.name}: {route}: {answer.text}"
            elif grants:
                assert answer.status_code == 403, f"{caller.name} -> {service.name}: {route}: {answer.text}"
            else:
                assert answer.status_code == 401, f"{caller.name} -> {service.name}: {route}: {answer.text}"
            tried += 1
    assert tried == len(backend.processes) * sum(len(service.routes) for service in services)


def test_no_service_is_asked_without_a_token(services, live, client):
    urls = running(live.folder).urls
    for service in services:
        for route in service.routes:
            method = "GET" if route.method == "ANY" else route.method
            path = "/" + "/".join("x" if part.startswith("{") else part for part in route.segments)
            assert client.request(method, urls[service.name] + path, headers={"X-User-Id": "ann"}).status_code == 401


def test_no_inner_route_is_reached_through_the_gateway(backend, services, live, client):
    found = running(live.folder)
    headers = {"Authorization": f"Bearer {found.token('user_ann', ['editor'])}"}
    for service in services:
        for route in (route for route in service.routes if route.access == "service"):
            method = "GET" if route.method == "ANY" else route.method
            path = "/" + "/".join("x" if part.startswith("{") else part for part in route.segments)
            # A front end has every path that no other service has outside, for GET only, and no such file.
            refusal = 405 if method != "GET" and any(each.static for each in backend.gateway.fronts) else 404
            assert client.request(method, found.url + path, headers=headers).status_code == refusal, str(route)
    assert client.get(f"{found.url}/metrics", headers=headers).status_code == 404


def test_health_is_open_and_says_nothing_more(backend, rewards, client):
    urls = running(rewards.folder).urls
    for name, url in urls.items():
        for path in PATHS[:2]:
            assert list(client.get(url + path).json()) == ["service", "env", "status", "version"], name
