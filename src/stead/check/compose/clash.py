"""Clashes: what two containers of one machine cannot both have, and what goes round in a circle."""

import re
from collections.abc import Iterator

from stead.check.compose.stack import Container, own_stacks, stacks
from stead.check.context import Context
from stead.check.facts.compose import plain
from stead.check.facts.config_values import MAP
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem

HIGHEST = 65_535
SHORT = re.compile(r"(?:(?P<host>[\d.]+|\[[\da-fA-F:]+\]):)?(?P<port>\d+):(?P<target>\d+)(?:/(?P<protocol>\w+))?")
EVERY = frozenset({"", "0.0.0.0", "[::]", "::"})  # noqa: S104 - what is published on every address
# Where the programs of these images keep their data.
DATA = (
    (re.compile(r"(?:^|/)(?:postgres|postgis|pgvector):(?:pg)?(?:1[89]|[2-9]\d)"), "/var/lib/postgresql"),
    (re.compile(r"(?:^|/)(?:postgres|postgis|pgvector):(?:pg)?(?:9|1[0-7])(?!\d)"), "/var/lib/postgresql/data"),
    (re.compile(r"(?:^|/)(?:mysql|mariadb):"), "/var/lib/mysql"),
    (re.compile(r"(?:^|/)mongo:"), "/data/db"),
)
MEANT = ("/var/lib/", "/bitnami")  # a volume outside all of these does not hold the data


@rule("COMPOSE059")
def ports_and_names_are_free(context: Context) -> Iterator[Problem]:
    """No two containers that run together have one port of the machine, or one `container_name`; a port is a port.

    Docker starts the first of them, and ends with `port is already allocated` at the second, or refuses a port above
    65535. Give the second one another; Compose makes names that do not clash by itself. Services with a profile are
    left alone, since they may be meant to run in the place of others.
    """
    for stack in (*stacks(context), *own_stacks(context)):
        taken: dict[tuple[str, str], tuple[Container, MergedConfig]] = {}
        for container in stack.containers:
            yield from _no_ports(container)
            for what, key, at in (*_ports(container), *_names(container)):
                first, place = taken.setdefault(key, (container, at))
                if first is not container:
                    message = f"{container.name} has {what}, which {first.name} has"
                    yield Problem("COMPOSE059", message, at.place, "give it another one", place.place)


def _no_ports(container: Container) -> Iterator[Problem]:
    for _, item in container.config.each("ports"):
        for _, port, target, _ in _mappings(item):
            if any(each.isdigit() and int(each) > HIGHEST for each in (port, target)):
                message = f"{port}:{target} of {container.name} is no port"
                yield Problem("COMPOSE059", message, item.place, f"write a port of 1 to {HIGHEST}")


def _ports(container: Container) -> Iterator[tuple[str, tuple[str, str], MergedConfig]]:
    """Yield the ports of the machine that a container takes; one without a number of its own is given a free one."""
    if container.config.get("profiles") is not None:
        return
    for _, item in container.config.each("ports"):
        for host, port, _, protocol in _mappings(item):
            if port.isdigit() and port != "0":
                yield f"the port {port}", ("" if host in EVERY else host, f"{port}/{protocol or 'tcp'}"), item


def _mappings(item: MergedConfig) -> Iterator[tuple[str, str, str, str]]:
    """Yield the address, the port, the target and the protocol of one item; nothing for a range, or for a variable."""
    if item.kind == MAP:
        texts = [plain(item.text_at(name)) for name in ("host_ip", "published", "target", "protocol")]
        yield texts[0], texts[1], texts[2], texts[3]
        return
    found = SHORT.fullmatch(plain(item.text))
    if found:
        yield found["host"] or "", found["port"], found["target"], found["protocol"] or ""


def _names(container: Container) -> Iterator[tuple[str, tuple[str, str], MergedConfig]]:
    name = container.config.get("container_name")
    if name is not None and plain(name.text) and container.config.get("profiles") is None:
        yield f"the name {name.text}", ("name", plain(name.text)), name


@rule("COMPOSE060")
def volumes_are_where_the_data_is(context: Context) -> Iterator[Problem]:
    """The volume of a database is mounted where its program keeps the data.

    A volume at `/var/lib/postgres` stays empty: the data is in the container, and is gone with it. PostgreSQL 18 keeps
    it below `/var/lib/postgresql`, earlier ones in `/var/lib/postgresql/data`, MySQL and MariaDB in `/var/lib/mysql`,
    MongoDB in `/data/db`. Fix the path. What sets the folder itself (`PGDATA`, a command) is left alone.
    """
    for stack in (*stacks(context), *own_stacks(context)):
        for container in stack.containers:
            folder = next((folder for image, folder in DATA if image.search(container.image)), "")
            if folder and not container.words and container.config.get("environment", "PGDATA") is None:
                yield from _elsewhere(container, folder)


def _elsewhere(container: Container, folder: str) -> Iterator[Problem]:
    mounts = {target.rstrip("/"): item for item, target in _targets(container)}
    meant = {target: item for target, item in mounts.items() if target.startswith(MEANT)}
    if meant and not any(folder == target or folder.startswith(f"{target}/") for target in meant):
        target, item = next(iter(meant.items()))
        message = f"{container.name} keeps its data in {folder}, and the volume is at {target}"
        yield Problem("COMPOSE060", message, item.place, f"mount it at {folder}")


def _targets(container: Container) -> Iterator[tuple[MergedConfig, str]]:
    for _, item in container.config.each("volumes"):
        parts = plain(item.text).split(":")
        target = item.text_at("target") if item.kind == MAP else parts[1] if len(parts) > 1 else parts[0]
        if target:
            yield item, target


@rule("COMPOSE061")
def nobody_waits_in_a_circle(context: Context) -> Iterator[Problem]:
    """Containers do not wait for one another in a circle.

    Compose starts none of the file: `dependency cycle detected`. Take one `depends_on` out: the one of the container
    that can answer without the other.
    """
    for stack in (*stacks(context), *own_stacks(context)):
        order = {each.name: dict(each.config.each("depends_on")) for each in stack.containers}
        for name in sorted(order):
            path = _circle(order, name)
            if path and name == min(path):
                item = order[path[-1]][name]
                message = " waits for ".join((*path, name))
                yield Problem("COMPOSE061", message, item.place, f"take {name} out of depends_on of {path[-1]}")


def _circle(order: dict[str, dict[str, MergedConfig]], start: str) -> tuple[str, ...]:
    """Return the shortest way from a container back to itself; empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    reached = {start}
    for way in ways:  # the list grows during the loop
        for other in order.get(way[-1], ()):
            if other == start:
                return way
            if other not in reached:
                reached.add(other)
                ways.append((*way, other))
    return ()


RULES = (ports_and_names_are_free, volumes_are_where_the_data_is, nobody_waits_in_a_circle)
