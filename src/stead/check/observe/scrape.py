"""Scraping: Prometheus asks every service that tells its metrics, at an address where someone answers."""

import re
from collections.abc import Iterator

from stead.check.compose.stack import Container, is_delivered, stacks
from stead.check.context import Context
from stead.check.merged_config import MergedConfig, documents
from stead.check.rule import rule
from stead.model import Problem

ADDRESS = re.compile(r"(?P<host>[\w.-]+)(?::(?P<port>\d+))?")
SELF = frozenset({"localhost", "127.0.0.1"})


@rule("OBSERVE010")
def every_service_is_scraped(context: Context) -> Iterator[Problem]:
    """In `deploy/`, Prometheus scrapes every service with metrics.

    Without a scrape a service has no graph and no alert: `up == 0` is never true for it. Add a job for it.
    """
    for config in _configurations(context):
        from stead.render.observability.context import ObservabilityContext  # only where there is something to check

        scraped = {host for host, _, _ in _targets(config)}
        for each in ObservabilityContext(context.backend).observed if context.backend else ():
            if each.name not in scraped:
                place = config.members["scrape_configs"].place
                message = f"Prometheus does not scrape {each.name}"
                mend = f"add a job with the target {each.name}:8000"
                where = next(service.where for service in context.services if service.name == each.name)
                yield Problem("OBSERVE010", message, place, mend, where)


@rule("OBSERVE011")
def targets_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, Prometheus scrapes services of the environment at their ports.

    An unknown name, or a port without a listener, is always down, and its alert is always active. Fix the name or the
    port.
    """
    named = {container.name: container for stack in stacks(context) for container in stack.containers}
    for config in _configurations(context) if named else ():
        for host, port, at in _targets(config):
            container = named.get(host)
            if container is None and host not in SELF:
                message = f"Prometheus scrapes {host}, which is not a service"
                yield Problem("OBSERVE011", message, at.place, "fix the name, or remove the target")
            elif container is not None and port != _port(container) and _port(container):
                message = f"Prometheus scrapes {host} at {port}, but it listens on {_port(container)}"
                yield Problem("OBSERVE011", message, at.place, f"write {host}:{_port(container)}")


def _port(container: Container) -> str:
    port = container.config.text_at("environment", "PORT")
    return port if port.isdigit() else ""


def _configurations(context: Context) -> Iterator[MergedConfig]:
    for file, config in context.once(documents).items():
        if is_delivered(context, file) and config.get("scrape_configs") is not None:
            yield config


def _targets(config: MergedConfig) -> Iterator[tuple[str, str, MergedConfig]]:
    """Yield each host that is asked, and its port, with the place."""
    for _, job in config.each("scrape_configs"):
        for _, static in job.each("static_configs"):
            for text, at in static.each("targets"):
                found = ADDRESS.fullmatch(text)
                if found:
                    yield found["host"], found["port"] or "80", at
        for _, dns in job.each("dns_sd_configs"):
            for text, at in dns.each("names"):
                yield text.removeprefix("tasks."), dns.text_at("port"), at


RULES = (every_service_is_scraped, targets_are_there)
