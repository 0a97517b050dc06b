"""Temporary replicas: what was tried beside serves under the names of the old one while Compose replaces that.

Compose stops a container before it starts the next one. For that time a replica of the new version has the old one's
names in all networks in which it is called, so that callers who look up the name find it; the Envoys do every second,
and ask another instance where one does not take a connection. A container gets a name in a network only when it
joins it, so the replica leaves and joins; networks of servers, and of a program's ways out, are left alone: nobody
calls it there, and it would lose its connections to them.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stead.ops.ship import commands
from stead.ops.ship.runner import Runner

SETTLE = 2.5  # seconds in which everyone has looked up names once more; the Envoys do every second


@dataclass(frozen=True, slots=True)
class Member:
    """A container of the project. `networks` has its further names, by network."""

    id: str
    name: str
    service: str
    digest: str
    networks: Mapping[str, tuple[str, ...]]


def members(runner: Runner, project: str) -> list[Member]:
    """Return the containers that Compose keeps for a project, without those that were started beside them."""
    ids = runner.look(commands.members(project)).out.split()
    return list(_read(runner.look(commands.describe(ids)).out)) if ids else []


def changed(runner: Runner, compose: commands.Compose, names: Sequence[str], running: Sequence[Member]) -> list[str]:
    """Return which of these services Compose would make again; what it does not tell counts as changed."""
    lines = runner.look(compose.digests(names)).out.splitlines()
    fresh = dict(line.split()[:2] for line in lines if len(line.split()) == 2)
    old = {each.service: each.digest for each in running}
    return [name for name in names if name in old and fresh.get(name) != old[name]]


def serve(runner: Runner, project: str, replicas: Mapping[str, str], servers: Collection[str]) -> None:
    """Give each replica the names of the containers of its service, and wait until callers know; by service.

    servers  the services that are asked by others and ask nobody: whoever shares a network with one is not called there
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
    """Return the names that a service has in a network: Compose gives its own everywhere."""
    return tuple(sorted({service}.union(*(each.networks.get(network, ()) for each in old))))


def settle(runner: Runner) -> None:
    """Wait until those who call have looked up names once more."""
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
