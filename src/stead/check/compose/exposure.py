"""Exposure: who reaches what runs, from outside and from the container beside it."""

import re
from collections.abc import Iterator

from stead.check.compose.stack import VARIABLE, Container, Stack, compose_files, delivered, stacks
from stead.check.context import Context
from stead.check.facts.config_values import MAP
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Gateway, Problem

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SHARED = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
SOCKET = re.compile(r"(?:docker|containerd|podman|crio)\.sock$")
DEFAULT = "default"
SERVERS = frozenset({"postgres", "redis", "s3", "s3-store"})


@rule("COMPOSE010")
def only_the_gateway_is_published(context: Context) -> Iterator[Problem]:
    """In `deploy/`, only the gateway is published, and in dev the rest on 127.0.0.1 only.

    Docker opens a published port in the machine's firewall, regardless of ufw and firewalld: a database on `5432:5432`
    is on the internet. And a request that bypasses the gateway is not authenticated. Remove the port; in dev, give it
    `host_ip: 127.0.0.1`.
    """
    for container in delivered(context):
        for port in _ports(container):
            if not _may_be_published(container, port):
                message = f"{container.name} is published on {host_of(port) or 'every address'}"
                mend = (
                    "add host_ip: 127.0.0.1"
                    if container.stack.is_dev
                    else "remove it: requests come through the gateway"
                )
                yield Problem("COMPOSE010", message, port.place, mend)


def _ports(container: Container) -> list[MergedConfig]:
    return [port for _, port in container.config.each("ports")]


def _may_be_published(container: Container, port: MergedConfig) -> bool:
    if container.stack.is_dev:
        return host_of(port) in LOOPBACK
    return isinstance(container.process, Gateway) and container.stack.environment is not None


def host_of(port: MergedConfig) -> str:
    """Return the address on which a port is published, in the long form or in the short one."""
    if port.kind == MAP:
        return VARIABLE.sub(lambda found: found[2] or found[0], port.text_at("host_ip"))
    address, _, rest = re.sub(r"\$\{[^{}]*\}", "0", port.text).rpartition(":")[0].rpartition(":")
    return address.strip("[]") if rest else ""


@rule("COMPOSE011")
def nothing_is_shared_with_the_machine(context: Context) -> Iterator[Problem]:
    """A container shares neither network nor processes with its machine, and is not privileged.

    `privileged: true` is root on the machine by one command; `network_mode: host` ignores every network of the
    description, and reaches what listens on the machine's loopback. Name the single capability or device that is
    needed.
    """
    for config in context.once(compose_files).values():
        for name, service in config.each("services"):
            found = service.get("privileged")
            if found is not None and service.is_on("privileged"):
                yield Problem("COMPOSE011", f"{name} is privileged", found.place, "remove it, and add what is needed")
            for key in SHARED:
                shared = service.get(key)
                if shared is not None and shared.text == "host":
                    message = f"{name} shares the machine's {key.partition('_')[0]}"
                    yield Problem("COMPOSE011", message, shared.place, f"remove {key}")


@rule("COMPOSE012")
def the_socket_is_not_mounted(context: Context) -> Iterator[Problem]:
    """No container has the socket of Docker, nor the machine's root to write on.

    A client of the daemon can start a container with the machine's disk: that equals root, also when the socket is
    mounted `:ro`, which does not restrict requests. For logs, read the files; for more, use a proxy that admits only
    the needed requests.
    """
    for config in context.once(compose_files).values():
        for name, service in config.each("services"):
            for _, volume in service.each("volumes"):
                source, _, rest = volume.text.partition(":")
                source = volume.text_at("source") if volume.kind == MAP else source
                read_only = volume.is_on("read_only") or rest.endswith(("ro", "ro,rslave"))
                if SOCKET.search(source) or (source == "/" and not read_only):
                    message = f"{name} has {source} of the machine, which is equivalent to root on it"
                    yield Problem("COMPOSE012", message, volume.place, "remove the mount, or put a proxy before it")


@rule("COMPOSE013")
def only_who_may_call_shares_a_network(context: Context) -> Iterator[Problem]:
    """In `deploy/`, two processes share a network only when one of them may call the other.

    The network isolates a compromised service from the others: not only its keys are refused, but also its connections.
    A service without `networks` is in the default network with all such services. Remove it from the network, or
    declare the call.
    """
    for stack in stacks(context):
        may = stack.expected.may if stack.expected else {}
        for network, members in _networks(stack).items():
            known = {name: joined_network for name, joined_network in members.items() if name in may}
            while undeclared := _undeclared_peers(known, may):
                name = max(undeclared, key=lambda each: (len(undeclared[each]), each not in network, each))
                others = " and ".join(sorted(undeclared[name]))
                message = f"{name} can reach {others} through the network {network}, without a declared call"
                yield Problem("COMPOSE013", message, known.pop(name).place, f"remove {name} from {network}")


def _undeclared_peers(members: dict[str, MergedConfig], may: dict[str, set[str]]) -> dict[str, set[str]]:
    found = {one: {two for two in members if two != one and two not in may[one]} for one in members}
    return {one: others for one, others in found.items() if others}


def _networks(stack: Stack) -> dict[str, dict[str, MergedConfig]]:
    """Return who is in which network, with the place that says so."""
    found: dict[str, dict[str, MergedConfig]] = {}
    for container in stack.containers:
        joined = dict(container.config.each("networks"))
        if not joined and container.config.get("network_mode") is None:
            joined = {DEFAULT: container.config}
        for network, port in joined.items():
            found.setdefault(network, {})[container.name] = port
    return found


@rule("COMPOSE014")
def who_may_call_shares_a_network(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a caller shares a network with its callee, and a service with its servers.

    Otherwise the name does not resolve, and the error does not mention networks. Add both to one network.
    """
    for stack in stacks(context):
        joined = {name: _joined(container) for name, container in stack.named.items()}
        for one, two in stack.expected.pairs if stack.expected else ():
            if one in joined and two in joined and not joined[one] & joined[two]:
                message = f"{one} must reach {two}, but they share no network"
                place = (stack.named[one].config.get("networks") or stack.named[one].config).place
                also = stack.named[two].config.place
                yield Problem("COMPOSE014", message, place, f"add {one} and {two} to one network", also)


def _joined(container: Container) -> set[str]:
    return {name for name, _ in container.config.each("networks")} or {DEFAULT}


@rule("COMPOSE015")
def networks_of_servers_are_internal(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the networks of databases and other servers are `internal`, but in dev.

    A database needs no access to the internet, and such access helps to steal its data. Write `internal: true`.
    """
    for stack in stacks(context):
        for network, members in _networks(stack).items():
            value = stack.merged.get("networks", network)
            servers = sorted(SERVERS.intersection(members))
            if servers and not stack.is_dev and value is not None and not value.is_on("internal"):
                message = f"{network} contains {servers[0]} and has access to the internet"
                yield Problem("COMPOSE015", message, value.place, "add internal: true")


RULES = (
    only_the_gateway_is_published,
    nothing_is_shared_with_the_machine,
    the_socket_is_not_mounted,
    only_who_may_call_shares_a_network,
    who_may_call_shares_a_network,
    networks_of_servers_are_internal,
)
