"""A team's own Compose files, outside of `deploy/`: what they promise for some of their services holds for all.

Nothing is asked of a file that only lends a laptop a database. Where a file says of one service that it is started
again, or how it is asked whether it is healthy, it is how the team runs them, and the one without is forgotten.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.exposure import LOOPBACK, host_of
from stead.check.compose.project import service_of
from stead.check.compose.stack import compose_files, compose_model, is_delivered
from stead.check.context import Context
from stead.check.docker_context import dockerfiles
from stead.check.facts.compose import plain
from stead.check.merged_config import MergedConfig
from stead.check.one_cause import groups, more
from stead.check.rule import rule
from stead.model import Problem

# Programs that hold data, and that trust each client more than a service of the team would.
SERVER = re.compile(
    r"(?:^|/)(?:postgres|postgis|pgvector|mysql|mariadb|mongo|redis|valkey|keydb|memcached|minio|seaweedfs|rabbitmq|"
    r"kafka|nats|elasticsearch|opensearch|clickhouse-server|cassandra|etcd|consul|vault|zookeeper)(?=[:@-]|$)"
)
ONCE = "service_completed_successfully"
# Containers that end when their work is done, by their name or their image.
ENDS = re.compile(r"(?:^|[-_/])(?:init|migrat\w+|seed\w*|setup|bootstrap|create|flyway|liquibase|mc)(?=[-_:@]|$)")
LAPTOP = re.compile(r"(?:^|[._-])(?:dev|development|local|override|test|tests|ci|e2e)(?:[._-]|$)")
# Official images, none of which has a HEALTHCHECK of its own.
UNCHECKED = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:postgres|redis|valkey/valkey|mysql|mariadb|mongo|memcached|rabbitmq|nats|nginx|"
    r"httpd|caddy|traefik|haproxy|elasticsearch|cassandra|zookeeper|postgis/postgis|pgvector/pgvector|python|node|"
    r"alpine|busybox|debian|ubuntu)(?:[:@].*)?"
)


@rule("COMPOSE049", severity="warning")
def servers_are_published_on_the_loopback(context: Context) -> Iterator[Problem]:
    """A database, a queue or a store publishes its port on 127.0.0.1 only, also in a Compose file outside of `deploy/`.

    `5432:5432` opens the port on every address of the machine, past its firewall: on a laptop to the café's network, on
    a server to the internet. Write `127.0.0.1:5432:5432`, or remove it: containers reach each other without.
    """
    for _, name, service in _services(context):
        image = plain(service.text_at("image"))
        ports = [port for _, port in service.each("ports") if host_of(port) not in LOOPBACK]
        for open_ports in groups(context, "COMPOSE049", ports, lambda port: port.place) if SERVER.search(image) else ():
            first, *others = open_ports
            message = f"{name} is published on {host_of(first) or 'every address'}{more(open_ports, ' ports')}"
            mend, also = "write 127.0.0.1: before the ports, or remove them", others[0].place if others else None
            yield Problem("COMPOSE049", message, first.place, mend, also)


@rule("COMPOSE050", severity="warning")
def services_are_started_again_alike(context: Context) -> Iterator[Problem]:
    """If a Compose file restarts most services, it restarts all long-running ones.

    A service without `restart` stays down after the first error or a reboot, while the others come back. Add `restart:
    unless-stopped`; a one-shot container has `restart: "no"`. All such services of one file are one finding. The rule
    skips services that another Compose file beside it restarts, and one-shot ones by name or image (`migrate`,
    `minio/mc`). Reported only with `--strict`: files in which fewer services have `restart` than not, and files for a
    laptop or a test by their name.
    """
    elsewhere = {
        (service.file.parent, name)
        for services in own_files(context)
        for name, service in services
        if _restarts(service)
    }
    for services in own_files(context):
        once = {
            other
            for _, service in services
            for other, dependency in service.each("depends_on")
            if dependency.text_at("condition") == ONCE
        }
        kept = [name for name, service in services if service.get("restart")]
        forgotten = {
            name: service
            for name, service in services
            if name not in once and _stays(name, service) and (service.file.parent, name) not in elsewhere
        }
        if kept and forgotten:
            yield _forgotten(context, forgotten, len(kept))


def _restarts(service: MergedConfig) -> bool:
    return bool(service.get("restart") or service.get("deploy", "restart_policy"))


def _stays(name: str, service: MergedConfig) -> bool:
    """Return whether a service that says nothing of it is to be started again, as far as its file tells."""
    ends = ENDS.search(name) or ENDS.search(plain(service.text_at("image")))
    return defines_service(service) and not _restarts(service) and service.get("profiles") is None and not ends


def _forgotten(context: Context, services: dict[str, MergedConfig], kept: int) -> Problem:
    first, second, *_ = (*services.values(), None)
    are = "is" if len(services) == 1 else "are"
    message = f"{', '.join(services)} {are} not restarted, and others in this file are"
    file = first.file
    sure = len(services) <= kept and not is_trial(context, file)
    mend = 'add restart: unless-stopped, or restart: "no"'
    return Problem("COMPOSE050", message, first.place, mend, second.place if second else None, sure=sure)


@rule("COMPOSE051", severity="warning")
def dependencies_have_a_healthcheck(context: Context) -> Iterator[Problem]:
    """`depends_on` waits until a container is healthy exactly if that container has a health check.

    `service_healthy` of a container without a healthcheck is an error of Docker's at the start; `depends_on` without a
    condition waits for a process that was started, which is seconds before it answers. The rule reads Compose files
    outside of `deploy/`; an image's own HEALTHCHECK counts, where its Dockerfile is here. The official images of
    databases, proxies and languages have none.
    """
    for services in own_files(context):
        known = dict(services)
        for name, service in services:
            for other, dependency in service.each("depends_on"):
                if other in known:
                    yield from _waiting(context, name, other, known[other], dependency)


def _waiting(
    context: Context, name: str, other: str, target: MergedConfig, dependency: MergedConfig
) -> Iterator[Problem]:
    condition = dependency.text_at("condition") or "service_started"
    if condition == "service_healthy" and not _says_its_health(context, other, target):
        message = f"{name} waits until {other} is healthy, but {other} has no health check"
        yield Problem("COMPOSE051", message, dependency.place, f"add a healthcheck to {other}", target.place)
    elif condition == "service_started" and target.get("healthcheck", "test") is not None:
        message = f"{name} waits until {other} has started, not until it answers"
        yield Problem(
            "COMPOSE051", message, dependency.place, f"write {other}: {{condition: service_healthy}}", target.place
        )


def _says_its_health(context: Context, name: str, service: MergedConfig) -> bool:
    """Return whether a service has a healthcheck in any of its files, or an image that may have one of its own."""
    said = [each for each in service_of(context, service.file, name) if each.get("healthcheck") is not None]
    if said:
        return not all(is_off(each) for each in said)
    if _dockerfile(context, service) is not None:
        return has_healthcheck(context, service)
    return not UNCHECKED.fullmatch(plain(service.text_at("image")))


def is_off(service: MergedConfig) -> bool:
    """Return whether a service's healthcheck is switched off."""
    return service.is_on("healthcheck", "disable") or service.words("healthcheck", "test")[:1] == ["NONE"]


def is_trial(context: Context, file: Path) -> bool:
    """Recognise a Compose file that is for a laptop or a test, by its name or its folder."""
    return bool(LAPTOP.search(file.name.lower())) or context.tree.is_sample(file)


def has_healthcheck(context: Context, service: MergedConfig) -> bool:
    file = _dockerfile(context, service)
    stages = context.once(dockerfiles).get(file, []) if file else []
    return service.get("healthcheck") is not None or any(stage.last("HEALTHCHECK") for stage in stages)


def _dockerfile(context: Context, service: MergedConfig) -> Path | None:
    build = service.get("build")
    if build is None:
        return None
    folder = context.once(compose_model).place(
        build.get("context") or build, plain(build.text or build.text_at("context")) or "."
    )
    file = folder / (plain(build.text_at("dockerfile")) or "Dockerfile")
    return next((each for each in context.once(dockerfiles) if each == Path(file.resolve())), None)


def defines_service(service: MergedConfig) -> bool:
    """Recognise a service that this file defines; another one is changed by an overlay."""
    return service.get("image") is not None or service.get("build") is not None


def own_files(context: Context) -> Iterator[list[tuple[str, MergedConfig]]]:
    for file, config in context.once(compose_files).items():
        if not is_delivered(context, file):
            yield list(config.each("services"))


def _services(context: Context) -> Iterator[tuple[Path, str, MergedConfig]]:
    for services in own_files(context):
        yield from ((service.file, name, service) for name, service in services)


RULES = (
    servers_are_published_on_the_loopback,
    services_are_started_again_alike,
    dependencies_have_a_healthcheck,
)
