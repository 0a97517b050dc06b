"""The services of a team's own Compose files, outside of `deploy/`: what is said of most holds for all of them.

The described services are what such a file is for; a database beside them is asked for less. Files of a laptop or of
tests, by their names, are left alone where what they do is right there.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from stead.check.compose.exposure import LOOPBACK, host_of
from stead.check.compose.own_file import LAPTOP, ONCE, defines_service, has_healthcheck, is_off, own_files
from stead.check.compose.runtime import unguarded, unprotected
from stead.check.compose.stack import compose_files, compose_model
from stead.check.compose_model import ABSENT
from stead.check.context import Context
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem

PROXY = re.compile(r"(?:^|/)(?:envoy|nginx|traefik|caddy|haproxy|kong|apisix)(?=[:@-]|$)")
HAS_A_PASSWORD = re.compile(r"\brequirepass\b|\baclfile\b|--user\b")
FEWEST = 3  # enough services that some of them can be called most
MOST = 2 / 3
Services = list[tuple[str, MergedConfig]]


def _is_bounded(service: MergedConfig) -> bool:
    limits = (service.get("mem_limit"), service.get("deploy", "resources", "limits", "memory"))
    return any(limit is not None for limit in limits)


BOUNDS: Mapping[str, tuple[Callable[[MergedConfig], bool], str]] = {
    "a limit of memory": (_is_bounded, "add mem_limit: 512m, or what it needs"),
    "a rotation of its log": (
        lambda service: service.get("logging") is not None,
        'add logging: {driver: json-file, options: {max-size: 10m, max-file: "5"}}',
    ),
    "dropped capabilities": (lambda service: service.get("cap_drop") is not None, "add cap_drop: [ALL]"),
}


@rule("COMPOSE052", severity="warning")
def services_are_not_published_past_the_gateway(context: Context) -> Iterator[Problem]:
    """In a Compose file with the gateway, the services that it fronts publish ports on 127.0.0.1 only.

    `8101:8101` opens one on every address of the machine: such a request bypasses the gateway, which authenticates
    users. Remove the port, or write `127.0.0.1:8101:8101`. The rule recognises the gateway by its name, or by the image
    of a proxy. It skips files for a laptop or for tests, such as `docker-compose.override.yml`.
    """
    gateway = context.backend.gateway if context.backend else None
    fronted = {service.name for service in gateway.fronts} if gateway else set()
    for services in own_files(context):
        if gateway is None or _is_of_a_laptop(services) or not _runs_a_gateway(gateway.name, services):
            continue
        for name, service in services:
            for _, port in service.each("ports") if name in fronted else ():
                if host_of(port) not in LOOPBACK:
                    message = f"{name} is published on {host_of(port) or 'every address'}, past the gateway"
                    yield Problem("COMPOSE052", message, port.place, "remove the port, or write 127.0.0.1: before it")


@rule("COMPOSE053", severity="warning")
def services_have_healthchecks_alike(context: Context) -> Iterator[Problem]:
    """If most services of the backend in a Compose file have a health check, all of them have one.

    Docker treats a service without a health check as healthy while its process lives, so dependents start too early. A
    disabled health check counts as none. An image's own HEALTHCHECK counts, where its Dockerfile is here. The rule
    reads Compose files outside of `deploy/`.
    """
    for services in own_files(context):
        own = [(name, each) for name, each in _staying(services) if _is_of_the_backend(context, name, each)]
        off = [(name, each) for name, each in own if is_off(each)]
        with_healthcheck = [
            name for name, each in own if each.get("healthcheck", "test") is not None and not is_off(each)
        ]
        for name, service in own if len(own) >= FEWEST and len(with_healthcheck) >= MOST * len(own) else off:
            if is_off(service) or not has_healthcheck(context, service):
                message = f"{name} has no health check"
                place = (service.get("healthcheck") or service).place
                yield Problem("COMPOSE053", message, place, f"add a healthcheck to {name}, as others have")


@rule("COMPOSE054", severity="warning")
def services_are_bounded_alike(context: Context) -> Iterator[Problem]:
    """If a Compose file limits most of its services, it limits all long-running ones.

    A service without a memory limit takes the memory of the others; one without log rotation fills the disk; one that
    keeps its capabilities is the easiest to attack. The rule applies to files with at least three services of which two
    thirds have the limit.
    """
    for services in own_files(context):
        staying = _staying(services)
        for what, (has, mend) in BOUNDS.items():
            bounded = [name for name, service in staying if has(service)]
            if len(staying) < FEWEST or len(bounded) < MOST * len(staying):
                continue
            for name, service in staying:
                if name not in bounded:
                    message = f"{name} has no {what}; most services of this file have it"
                    yield Problem("COMPOSE054", message, service.place, mend)


@rule("COMPOSE055", severity="warning")
def own_databases_authenticate_and_persist(context: Context) -> Iterator[Problem]:
    """PostgreSQL and Redis beside the services of the backend require a password, and lose no committed data.

    COMPOSE042 is applied to every Compose file that runs a service of the backend, unless its name is that of a file
    for a laptop or for tests: `trust` lets any container be the superuser, `protected-mode no` of a Redis without a
    password lets any container read and remove all keys, `fsync=off` loses the database in a crash of
    the machine. Remove it.
    """
    known = {process.name for process in context.backend.processes} if context.backend else set()
    for services in own_files(context):
        if known & {name for name, _ in services} and not _is_of_a_laptop(services):
            for name, service in services:
                yield from unguarded("COMPOSE055", name, service)
                if not HAS_A_PASSWORD.search(" ".join((*service.words("command"), *service.words("entrypoint")))):
                    yield from unprotected("COMPOSE055", name, service)


def _runs_a_gateway(gateway: str, services: Services) -> bool:
    return any(name == gateway or PROXY.search(service.text_at("image")) for name, service in services)


def _staying(services: Services) -> Services:
    """Return the services that a file defines, and that stay: none that is run once, or by a profile alone."""
    once = {
        other
        for _, service in services
        for other, dependency in service.each("depends_on")
        if dependency.text_at("condition") == ONCE
    }
    return [
        (name, service)
        for name, service in services
        if name not in once
        and defines_service(service)
        and service.get("profiles") is None
        and service.text_at("restart").partition(":")[0] not in ("no", "false", "on-failure")
    ]


def _is_of_the_backend(context: Context, name: str, service: MergedConfig) -> bool:
    known = {process.name for process in context.backend.processes} if context.backend else set()
    return name in known or service.get("build") is not None


def _is_of_a_laptop(services: Services) -> bool:
    return any(LAPTOP.search(service.file.name.lower()) for _, service in services[:1])


@rule("COMPOSE056")
def what_is_extended_is_there(context: Context) -> Iterator[Problem]:
    """The files that a Compose file includes, and the services that its services extend, exist and form no cycle.

    Otherwise Compose stops before it starts anything. Fix the name, or remove the cycle. PATH016 reports a missing
    file.
    """
    context.once(compose_files)  # resolves every file
    for (_, what), where in context.once(compose_model).faults.items():
        if not what.endswith(ABSENT):
            yield Problem("COMPOSE056", what, where, "name an existing file or service, and remove the cycle")


RULES = (
    services_are_not_published_past_the_gateway,
    services_have_healthchecks_alike,
    services_are_bounded_alike,
    own_databases_authenticate_and_persist,
    what_is_extended_is_there,
)
