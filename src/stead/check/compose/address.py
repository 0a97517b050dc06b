"""Addresses: in a container, another one is reached by its name, and the loopback is the container itself."""

import re
from collections.abc import Iterator

from stead.check.compose.own_file import SERVER
from stead.check.compose.project import project, service_of
from stead.check.compose.stack import Container, Stack, is_delivered, own_stacks, stacks
from stead.check.context import Context
from stead.check.facts.compose import plain
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem
from stead.model.wiring import UrlOf

LISTENS = "8000"  # the port that the renderer gives to every service
LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[?::1\]?)(?:[:/,?].*)?")
# A URL whose scheme no browser uses: it leads to a server.
SERVERS_URL = re.compile(
    r"(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|sqlserver|rediss?|valkey|mongodb|amqps?|nats|kafka|clickhouse|bolt|neo4j|"
    r"memcached)(?:\+\w+)?://(?:[^@/\s]*@)?(?P<host>.*)"
)
# A name that tells which kind of server the host is: `DB_HOST`, `REDIS_HOST`, `PGHOST`, `KAFKA_BOOTSTRAP_SERVERS`.
HOST_NAME = re.compile(
    r"(?:\w+_)?(?:PG|DB|DATABASE|POSTGRES(?:QL)?|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|VALKEY|RABBITMQ|AMQP|NATS|CLICKHOUSE|"
    r"MEMCACHED|ELASTICSEARCH)_?HOST(?:NAME)?|KAFKA_(?:BOOTSTRAP_SERVERS|BROKERS?)"
)


@rule("COMPOSE029")
def containers_have_the_addresses_of_others(context: Context) -> Iterator[Problem]:
    """A container has the name and the port of its callees and servers, not `localhost`.

    Inside a network `localhost` is the caller itself, and a published port is not a port of the container. Another
    service refuses the token. In `deploy/`, write `http://<name>:8000` for a callee; a program with a proxy uses that
    proxy, at the port of the call. In every Compose file, write the container's name for a database or a queue that
    runs in another container.
    """
    for stack in (*stacks(context), *own_stacks(context)):
        for container in stack.containers:
            if is_delivered(context, stack.files[0]):
                yield from _callees(stack, container)
            yield from _servers(context, container)


def _callees(stack: Stack, container: Container) -> Iterator[Problem]:
    """Yield the addresses of declared calls that are other ones than the callees'."""
    for wire in stack.expected.wires(container.name) if stack.expected else ():
        value = container.config.get("environment", wire.setting.name)
        if isinstance(wire.value, UrlOf) and value is not None and "$" not in value.text:
            expected = _address(stack, container.name, wire.value.service.name)
            if value.text.rstrip("/") != expected:
                message = f"{container.name} has the address {value.text} for {wire.value.service.name}"
                yield Problem("COMPOSE029", message, value.place, f"write {expected}")


def _address(stack: Stack, caller: str, callee: str) -> str:
    sidecars = stack.expected.context.sidecars if stack.expected else {}
    if caller in sidecars:
        return sidecars[caller].url(callee)
    if callee in sidecars:  # the proxy has the usual port, wherever its program listens
        return f"http://{callee}:{LISTENS}"
    other = stack.named.get(callee)
    return f"http://{callee}:{(other and other.config.text_at('environment', 'PORT')) or LISTENS}"


def _servers(context: Context, container: Container) -> Iterator[Problem]:
    """Yield the addresses of servers that are the container's own, where another container runs a server."""
    wrong = [value for name, value in container.config.each("environment") if _is_own_address(name, value)]
    if not wrong or SERVER.search(container.image) or _shares_a_network(context, container):
        return
    servers = [name for name, service in _beside(context, container) if SERVER.search(plain(service.text_at("image")))]
    for value in wrong if servers else ():
        message = f"{container.name} has its own address for a server, but {servers[0]} is another container"
        yield Problem("COMPOSE029", message, value.place, "write the name of the server's container")


def _is_own_address(name: str, value: MergedConfig) -> bool:
    text = plain(value.text) or value.text  # the default of a variable, where it has one
    url = SERVERS_URL.fullmatch(text)
    if url:
        return bool(LOOPBACK.fullmatch(url["host"]))
    return bool(HOST_NAME.fullmatch(name.upper()) and LOOPBACK.fullmatch(text))


def _shares_a_network(context: Context, container: Container) -> bool:
    """Return whether it is in the network of its machine, or of another container: whose loopback is its own."""
    file = container.stack.files[0]
    said = [container.config] if is_delivered(context, file) else service_of(context, file, container.name)
    return any(service.get("network_mode") is not None for service in said)


def _beside(context: Context, container: Container) -> Iterator[tuple[str, MergedConfig]]:
    """Yield the other containers that run together with one."""
    file = container.stack.files[0]
    files = [container.stack.merged] if is_delivered(context, file) else project(context, file)
    for config in files:
        yield from ((name, service) for name, service in config.each("services") if name != container.name)


RULES = (containers_have_the_addresses_of_others,)
