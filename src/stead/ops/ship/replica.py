"""Temporary replicas: canaries serve under the names of the old version while Compose replaces it.

Compose stops a container before it starts the next one. During that time a replica of the new version has the old one's
names in all networks with callers, so that a lookup of the name finds it; Envoy repeats the lookup every second, and
tries another instance when a connection fails. A container gets a name in a network only when it joins, so the replica
leaves and joins. It does not leave networks of servers, and those of a program's egress: it has no callers there, and
would lose its connections.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stead.ops.ship import commands
from stead.ops.ship.runner import Runner

# Seconds in which every client has resolved names again, as the Envoys do every second, and in which these ask again an
# instance that did not listen at first: see `stead.gateway.upstream`.
SETTLE = 3.5


@dataclass(frozen=True, slots=True)
class Member:
    """A container of the project. `networks` has its aliases, by network."""

    id: str
    name: str
    service: str
    digest: str
    networks: Mapping[str, tuple[str, ...]]


def members(runner: Runner, project: str) -> list[Member]:
    """Return a project's containers, without canaries."""
    ids = runner.look(commands.members(project)).out.split()
    return list(_read(runner.look(commands.describe(ids)).out)) if ids else []


def changed(runner: Runner, compose: commands.Compose, names: Sequence[str], running: Sequence[Member]) -> list[str]:
    """Return the services that Compose would recreate; an unknown one counts as changed."""
    lines = runner.look(compose.digests(names)).out.splitlines()
    fresh = dict(line.split()[:2] for line in lines if len(line.split()) == 2)
    old = {each.service: each.digest for each in running}
    return [name for name in names if name in old and fresh.get(name) != old[name]]


def serve(runner: Runner, project: str, replicas: Mapping[str, str], servers: Collection[str]) -> None:
    """Give each replica the names of its service, and wait until callers have looked them up; by service.

    servers  the services with callers and without callees: a replica has no callers in a network with one of them
    """
    running = members(runner, project)
    names = list(replicas.values())
    own = {each.name: each for each in _read(runner.look(commands.describe(names)).out)}
    called = _called([*running, *own.values()], servers)
    for service, name in replicas.items():
        old = [each for each in running if each.service == service]
        networks = {network for each in [*old, own[name]] for network in each.networks} & called
        _join(runner, own[name], {network: _aliases(service, network, old) for network in sorted(networks)})
    settle(runner)


def _aliases(service: str, network: str, old: Sequence[Member]) -> tuple[str, ...]:
    """Return the names of a service in a network: its own name and the aliases."""
    return tuple(sorted({service}.union(*(each.networks.get(network, ()) for each in old))))


def settle(runner: Runner) -> None:
    """Wait until callers have looked up names again."""
    if runner.looks:
        time.sleep(SETTLE)


def _join(runner: Runner, replica: Member, known: Mapping[str, tuple[str, ...]]) -> None:
    for network, aliases in known.items():
        if network in replica.networks:
            runner.run("leaving a network", commands.leave(network, replica.name))
        runner.run("joining a network by name", commands.join(network, replica.name, aliases))


def _called(running: Iterable[Member], servers: Collection[str]) -> frozenset[str]:
    """Return the networks in which services call each other: no server is in them."""
    known = {(network, each.service in servers) for each in running for network in each.networks}
    return frozenset({network for network, _ in known} - {network for network, is_server in known if is_server})


def _read(text: str) -> Iterator[Member]:
    for line in text.splitlines():
        data = json.loads(line)
        name = data["name"].removeprefix("/")
        networks = {
            network: tuple(
                alias for alias in each.get("Aliases") or () if alias != name and not data["id"].startswith(alias)
            )
            for network, each in data["networks"].items()
        }
        yield Member(data["id"], name, data["service"], data["digest"] or "", networks)
