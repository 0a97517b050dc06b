"""Smoke: test that a running backend is healthy and has the deployed version. Read only, so safe in production.

Every service must answer its health contract with the deployed version. The gateway must refuse requests without a
credential, with forged headers, and for routes of services; a service must refuse requests without a service token. On
this machine, where the callers' keys are available, every route is tested, also writing ones, and also with the token
of an undeclared caller and for an undeclared operation. A service that does not answer is a failed check, never a
skipped one.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from stead.model import AnyService, Backend, Gateway, Process, Route, Service
from stead.model.call import FRONT
from stead.model.health import KEYS, VERSION
from stead.model.route import is_variable, is_wildcard

Mint = Callable[[str, str, Sequence[str]], str]
TOKEN = "X-Service-Token"  # noqa: S105 - the name of a header
FORGED = {"X-User-Id": "smoke", "X-User-Roles": "editor admin", "X-Service-Token": "Bearer forged"}


@dataclass(frozen=True, slots=True)
class Target:
    """A running backend.

    urls      where each process is reached, by name; the gateway among them
    version   what was deployed; None: whatever the gateway says, so long as all say the same
    skipped   services that do not run there, and why
    mint      makes a token: of a caller, for a callee and operations; None where the callers' keys are not at hand
    """

    backend: Backend
    environment: str
    urls: Mapping[str, str]
    version: str | None = None
    skipped: Mapping[str, str] | None = None
    mint: Mint | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check and its result; `wrong` is empty when it passed."""

    name: str
    asked: str
    wrong: str = ""
    skipped: str = ""


def smoke(target: Target, client: httpx2.Client) -> Iterator[Check]:
    """Run all checks, and yield each result; a backend that is down gives failed checks, not an exception."""
    version = target.version or _version(target, client)
    listening = (service for service in target.backend.services if not service.is_worker)
    processes: tuple[Process, ...] = (*_gateway(target), *listening)
    for process in processes:
        yield from _healthy(target, process, version, client)
        if isinstance(process, Service):
            yield from _boundary(target, process, client)
    for process in _gateway(target):
        if process.name in target.urls:
            yield from _refusals(target.backend, target.urls[process.name], client)


def _boundary(target: Target, service: AnyService, client: httpx2.Client) -> Iterator[Check]:
    """Request routes of a service directly, without permission; only reading routes on a shared environment."""
    url = target.urls.get(service.name)
    callers = target.backend.callers(service)
    routes = [route for route in service.routes if target.mint or route.method == "GET"]
    if not url or not routes or not callers or service.name in (target.skipped or {}):
        return
    yield _refused("without a service token", service, {route: _ask(client, url, route, 401) for route in routes})
    if target.mint is None:
        return
    everything = (*sorted(service.operations), FRONT)
    strange = {TOKEN: target.mint(_stranger(target.backend, {*callers, service.name}), service.name, everything)}
    answers = {route: _ask(client, url, route, 401, strange) for route in routes}
    yield _refused("with the token of an undeclared caller", service, answers)
    answers = {route: _beyond(target.mint, service, route, client, url, callers) for route in routes}
    yield _refused("for an undeclared operation", service, answers)


def _beyond(
    mint: Mint,
    service: AnyService,
    route: Route,
    client: httpx2.Client,
    url: str,
    callers: Mapping[str, tuple[str, ...]],
) -> str:
    """Request a route as an undeclared caller; if all callers may use it, with a token without the operation."""
    needed = route.operation if route.access == "service" else FRONT
    without = [name for name, granted in sorted(callers.items()) if needed not in granted]
    operations = {*service.operations, FRONT} if without else {*service.operations, FRONT} - {needed}
    token = mint((without or sorted(callers))[0], service.name, sorted(operations))
    return _ask(client, url, route, 403, {TOKEN: token})


def _stranger(backend: Backend, callers: Collection[str]) -> str:
    """Return a process that may not call the service; if all may, a name that no process has."""
    return next((each.name for each in backend.processes if each.name not in callers), "stranger")


def _refused(how: str, service: AnyService, answers: Mapping[Route, str]) -> Check:
    wrong = "; ".join(f"{route} {answer}" for route, answer in answers.items() if answer)
    count = "1 route" if len(answers) == 1 else f"{len(answers)} routes"
    return Check(service.name, f"{count} {how}", wrong)


def _ask(client: httpx2.Client, url: str, route: Route, wanted: int, headers: Mapping[str, str] | None = None) -> str:
    method = "GET" if route.method == "ANY" else route.method
    return _status(client, method, url + _inside(route), wanted, headers)


def _gateway(target: Target) -> tuple[Gateway, ...]:
    return (target.backend.gateway,) if target.backend.gateway else ()


def _version(target: Target, client: httpx2.Client) -> str | None:
    """The version that the first answering process reports, to compare the others with."""
    for url in target.urls.values():
        body = _body(_get(client, url + VERSION))
        if isinstance(body.get("version"), str):
            return str(body["version"])
    return None


def _healthy(target: Target, process: Process, version: str | None, client: httpx2.Client) -> Iterator[Check]:
    reason = (target.skipped or {}).get(process.name)
    if reason:
        yield Check(process.name, "health", skipped=reason)
        return
    url = target.urls.get(process.name)
    if isinstance(process, Service) and not process.health.by_path:
        yield Check(process.name, "health", skipped="tested by its own probe in its environment")
        return
    if url is None:
        yield Check(process.name, "health", "no URL is given")
        return
    expected = {"service": process.name, "env": target.environment, "status": "ok", "version": version}
    for path in _health_paths(process):
        wrong = _differences(_get(client, url + path), expected, strict=_by_contract(process))
        yield Check(process.name, f"GET {path}", wrong)


def _by_contract(process: Process) -> bool:
    return getattr(getattr(process, "health", None), "contract", True)


def _health_paths(process: Process) -> tuple[str, ...]:
    path = getattr(getattr(process, "health", None), "path", "/health")
    return (path, VERSION) if _by_contract(process) else (path,)


def _differences(answer: httpx2.Response | str, expected: Mapping[str, Any], *, strict: bool) -> str:
    if isinstance(answer, str):
        return answer
    if answer.status_code != 200:
        return f"answered {answer.status_code}"
    body = _body(answer)
    if not strict:
        return ""
    if body.keys() != set(KEYS):
        return f"has the keys {', '.join(body) or 'none'}, not {', '.join(KEYS)}"
    odd = [f"{key} is {body[key]!r}, not {value!r}" for key, value in expected.items() if body[key] != value]
    return "; ".join(odd)


def _refusals(backend: Backend, url: str, client: httpx2.Client) -> Iterator[Check]:
    """Request the first route of each kind in the ways that the gateway must refuse."""
    name = backend.gateway.name if backend.gateway else ""
    user = _first(backend, "user")
    if user:
        path = _concrete(backend, user)
        yield Check(name, f"{user.method} {path} without a credential", _status(client, user.method, url + path, 401))
        wrong = _status(client, user.method, url + path, 401, FORGED)
        yield Check(name, f"{user.method} {path} with forged headers", wrong)
    inner = _first(backend, "service")
    if inner:
        path = _concrete(backend, inner)
        method = "GET" if inner.method == "ANY" else inner.method
        yield Check(name, f"{method} {path}, a route for services", _status(client, method, url + path, 404, FORGED))


def _first(backend: Backend, access: str) -> Route | None:
    """Return a route of that access, preferably a reading one: smoke must not write when a refusal fails."""
    every = [route for service in backend.services for route in service.routes]
    routes = [route for route in every if route.access == access and not _is_taken(route, every)]
    return min(routes, key=lambda route: (route.method != "GET", route.path), default=None)


def _is_taken(route: Route, every: list[Route]) -> bool:
    """Return whether a wildcard route makes the path of a service route reachable from outside."""
    outer = (other for other in every if other.access != "service" and other.is_wildcard)
    return route.access == "service" and any(_inside(route).startswith(_before(other)) for other in outer)


def _before(wildcard: Route) -> str:
    return "/" + "".join(f"{part}/" for part in wildcard.segments[:-1])


def _concrete(backend: Backend, route: Route) -> str:
    """Return an external path of the route."""
    owner = next(service for service in backend.services if any(each is route for each in service.routes))
    prefix = backend.gateway.prefix_of(owner) if backend.gateway else ""
    return prefix + _inside(route)


def _inside(route: Route) -> str:
    """Return an internal path of the route."""
    open_ended = (is_variable(part) or is_wildcard(part) for part in route.segments)
    return "/" + "/".join("smoke" if free else part for free, part in zip(open_ended, route.segments, strict=True))


def _status(
    client: httpx2.Client, method: str, url: str, expected: int, headers: Mapping[str, str] | None = None
) -> str:
    try:
        answer = client.request(method, url, headers=headers)
    except httpx2.HTTPError as error:
        return _unreachable(error)
    return "" if answer.status_code == expected else f"answered {answer.status_code}, not {expected}"


def _get(client: httpx2.Client, url: str) -> httpx2.Response | str:
    try:
        return client.get(url)
    except httpx2.HTTPError as error:
        return _unreachable(error)


def _unreachable(error: httpx2.HTTPError) -> str:
    return f"does not answer: {type(error).__name__}"


def _body(answer: httpx2.Response | str) -> dict[str, Any]:
    if isinstance(answer, str):
        return {}
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
