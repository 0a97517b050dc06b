"""Wiring: every setting of a process with its reason, in symbolic form.

A URL, a port or a secret depends on where the backend runs, so nothing is resolved here: the runner turns `UrlOf` into
`http://127.0.0.1:port`, a Compose renderer into a host name, a Kubernetes renderer into a Service. So this file defines
once what every target must provide, and no target has its own list.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from stead.model.backend import Backend, Edge, Process
from stead.model.environment import Environment
from stead.model.gateway import Gateway
from stead.model.health import PATHS
from stead.model.host_of import HostOf
from stead.model.job import Job
from stead.model.request_limits import RequestLimits
from stead.model.resource import Redis, Resource
from stead.model.resource_form import SECRETS, URL
from stead.model.resource_name import part_name
from stead.model.route import Route
from stead.model.service import AnyService, Service
from stead.model.setting import Setting


@dataclass(frozen=True, slots=True)
class Text:
    """A value that the description itself gives."""

    text: Any


@dataclass(frozen=True, slots=True)
class EnvironmentName:
    """The name of the environment."""


@dataclass(frozen=True, slots=True)
class Version:
    """The deployed version: a commit or a release."""


@dataclass(frozen=True, slots=True)
class UrlOf:
    """The URL of a service for its callers."""

    service: AnyService


@dataclass(frozen=True, slots=True)
class AddressOf:
    """Where a resource is reached, with the credentials of this one process: its URL, or a form of it."""

    resource: Resource
    process: Process
    form: str = URL


@dataclass(frozen=True, slots=True)
class PrivateKeyOf:
    """The key with which a process signs its service tokens: an Ed25519 JWK, or a shared secret."""

    process: Process


@dataclass(frozen=True, slots=True)
class Keyring:
    """The public keys of the declared callers, and what each may do here."""

    service: AnyService
    callers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PortOf:
    """The port on which the process must listen."""

    process: Process


@dataclass(frozen=True, slots=True)
class Supplied:
    """A value that a person gives: in an env file, a secret store, a dashboard."""


Value = Text | HostOf | EnvironmentName | Version | UrlOf | AddressOf | PrivateKeyOf | Keyring | PortOf | Supplied


@dataclass(frozen=True, slots=True)
class Wire:
    """One setting of one process, with the source and the reason of its value."""

    setting: Setting
    value: Value
    reason: str


ENVIRONMENT = Setting("ENVIRONMENT", help="The environment's name, which /health reports.")
VERSION = Setting("VERSION", help="The deployed version: a commit or a release, which /health reports.")
SERVICE_NAME = Setting("SERVICE_NAME", help="The service's name in the description.")
PORT = Setting("PORT", int, help="The port to listen on.")
PRIVATE_KEY = Setting(
    "SERVICE_JWT_SECRET", secret=True, help="The key that signs this service's calls: a JWK or a shared secret."
)
KEYRING = Setting("SERVICE_JWT_KEYS", help="The public keys of the declared callers: a JWK set.")
ROUTES = Setting("SERVICE_ROUTES", help="The routes of an app that is not made with the kit, as JSON.")
STATIC_FOLDER = Setting("STATIC_FOLDER", help="The folder of static files, relative to the working directory.")
REQUEST_LIMITS = (  # with the names of RequestLimits' fields
    ("body", Setting("MAX_BODY_BYTES", int, help="The largest request body, in bytes.")),
    ("headers", Setting("MAX_HEADERS", int, help="The largest number of headers of a request.")),
    ("header_bytes", Setting("MAX_HEADER_BYTES", int, help="The largest size of a request's headers, in bytes.")),
)
USUAL_LIMITS = RequestLimits()
SHELF = "stead."  # the apps of the shelf and of Stead itself hold their own routes


def wires(backend: Backend, process: Process, environment: Environment) -> tuple[Wire, ...]:
    """Return every setting that a process is given, each once, sorted by name."""
    found = {wire.setting.name: wire for wire in _declared(process, environment)}
    for wire in _derived(backend, process, environment):
        declared = found.get(wire.setting.name)
        if declared and isinstance(wire.value, Supplied):
            continue  # what the service declares is more precise
        setting = declared.setting if declared else wire.setting
        found[wire.setting.name] = replace(wire, setting=setting)
    return tuple(found[name] for name in sorted(found))


def routes_text(service: AnyService) -> str:
    """Return a service's routes as JSON, one object each, and a health path of its own, which anyone may ask.

    Default values are omitted.
    """
    own = (
        [{"method": "GET", "path": service.health.path, "access": "health"}] if service.health.path not in PATHS else []
    )
    return json.dumps([*(_route_object(route) for route in service.routes), *own], separators=(",", ":"))


def _route_object(route: Route) -> dict[str, Any]:
    route_json: dict[str, Any] = {"operation": route.operation, "roles": route.roles, "scope": route.scope}
    route_json |= {"body": route.max_body, "streams": route.streams, "websocket": route.websocket}
    return {"method": route.method, "path": route.path, "access": route.access} | {
        k: v for k, v in route_json.items() if v
    }


def url_setting(caller: Process, callee: AnyService) -> Setting:
    """Return the setting in which a caller finds a callee: `points-service` is found in `POINTS_SERVICE_URL`."""
    addresses = {} if isinstance(caller, Gateway) else caller.addresses
    usual = callee.name.removesuffix("-service").replace("-", "_").upper() + "_SERVICE_URL"
    return Setting(addresses.get(callee.contract, usual), help=f"The URL of {callee.name}.")


def port_setting(service: AnyService) -> Setting:
    """Return the setting with the port of a service."""
    return PORT if isinstance(service.port, int) else replace(PORT, name=str(service.port))


def binding_name(caller: Process, callee: AnyService) -> str:
    """Return the service binding by which a Worker calls a callee: `POINTS_SERVICE` beside `POINTS_SERVICE_URL`."""
    return url_setting(caller, callee).name.removesuffix("_URL")


def name_setting(url: Setting) -> Setting:
    """Return the setting that names a callee beside its URL, for where `X_SERVICE_URL` is not that of `x-service`."""
    name = url.name.removesuffix("_URL") + "_NAME"
    usual = url.name.removesuffix("_URL").replace("_", "-").lower()
    return Setting(name, default=usual, help="The callee's name: the audience of the tokens for it.")


def prefix_setting(redis: Redis) -> Setting:
    """Return the setting with the prefix of keys, beside a Redis URL: `REDIS_PREFIX`."""
    name = redis.setting.removesuffix("_URL") + "_PREFIX"
    return Setting(name, help=f"The prefix of each key and channel in {redis.setting}; others are refused.")


def _owner(backend: Backend, resource: Resource, environment: Environment, otherwise: str) -> str:
    """Return the first process that needs a resource: the part is named after it."""
    ready: list[AnyService | Job] = [each for each in backend.services if each not in environment.without]
    return next((each.name for each in [*ready, *backend.jobs] if resource in each.resources), otherwise)


def _declared(process: Process, environment: Environment) -> Iterator[Wire]:
    there = environment.values.get(process, {}) if isinstance(process, Service) else {}
    always = process.values if isinstance(process, Service) else {}
    for setting in process.declared:
        if setting.name in there:
            yield Wire(setting, described_value(there[setting.name]), f"set for {environment.name}")
        elif setting.name in always:
            yield Wire(setting, described_value(always[setting.name]), "set by the description")
        else:
            yield Wire(setting, Supplied(), "declared by the service")


def described_value(value: Any) -> Value:
    """Return a value of the description: a text for each place, or what depends on it."""
    return value if isinstance(value, HostOf) else Text(value)


def own_settings(backend: Backend, process: AnyService | Job) -> Iterator[Wire]:
    """Yield the standard settings of a process, without the addresses of its needs."""
    externals = {external.setting for external in process.externals}
    for wire in _derived(backend, process, backend.environments[0]):
        of_external = wire.setting.name in externals and wire.reason.startswith("needs ")
        if not isinstance(wire.value, AddressOf) and not of_external:
            yield wire


def _derived(backend: Backend, process: Process, environment: Environment) -> Iterator[Wire]:
    yield Wire(ENVIRONMENT, EnvironmentName(), "every process")
    yield Wire(VERSION, Version(), "every process")
    yield Wire(SERVICE_NAME, Text(process.name), "every process")
    yield from _calls(backend, process, environment)
    if isinstance(process, Service):
        if process.port is not None:
            yield Wire(port_setting(process), PortOf(process), "every service that listens")
        yield from _request_limits(process)
        callers = backend.callers(process)
        if callers:
            yield Wire(KEYRING, Keyring(process, tuple(callers.items())), f"called by {', '.join(callers)}")
        yield from _app(process)
    if not isinstance(process, Gateway):
        yield from _externals(process, environment)
        for resource in process.resources:
            yield from _addresses(resource, process)
            if isinstance(resource, Redis):
                prefix = f"{part_name(backend.name, _owner(backend, resource, environment, process.name), resource)}:"
                yield Wire(prefix_setting(resource), Text(prefix), f"needs {resource.kind}")


def _addresses(resource: Resource, process: AnyService | Job) -> Iterator[Wire]:
    """Yield the settings of a resource: its URL, and the parts in the description."""
    for name, form in resource.forms:
        about = f"The {resource.kind} of {process.name}" + ("" if form == URL else f": its {form}")
        setting = Setting(name, secret=form in SECRETS, help=f"{about}.")
        yield Wire(setting, AddressOf(resource, process, form), f"needs {resource.kind}")


def _app(service: AnyService) -> Iterator[Wire]:
    """Yield the settings of an app that does not declare its routes."""
    if service.static:
        yield Wire(STATIC_FOLDER, Text(service.static), "the static files that it serves")
    if service.app and (service.static or not service.app.startswith(SHELF)):
        yield Wire(ROUTES, Text(routes_text(service)), "its routes, for an app that does not declare them")


def _externals(process: AnyService | Job, environment: Environment) -> Iterator[Wire]:
    for external in process.externals:
        setting = Setting(external.setting, secret=external.secret, help=f"The address of {external.name}.")
        address = external.addresses.get(environment.name)
        yield Wire(setting, Supplied() if address is None else Text(address), f"needs {external.name}")


def _request_limits(service: AnyService) -> Iterator[Wire]:
    """Yield what differs from the default, which every service has by itself."""
    for name, setting in REQUEST_LIMITS:
        value = getattr(service.request_limits, name)
        if value != getattr(USUAL_LIMITS, name):
            yield Wire(setting, Text(value), "set by the description")


def _calls(backend: Backend, process: Process, environment: Environment) -> Iterator[Wire]:
    edges: list[Edge] = [edge for edge in backend.edges_of(process) if edge.callee not in environment.without]
    for edge in edges:
        setting = url_setting(process, edge.callee)
        yield Wire(setting, UrlOf(edge.callee), f"calls {edge.callee.name}")
        name = name_setting(setting)
        if name.default != edge.callee.name:
            yield Wire(
                name, Text(edge.callee.name), f"calls {edge.callee.name}, whose URL setting does not contain its name"
            )
    if edges or (isinstance(process, Gateway) and process.calls):  # its agent has a token for those left out, too
        yield Wire(PRIVATE_KEY, PrivateKeyOf(process), "signs its calls")
