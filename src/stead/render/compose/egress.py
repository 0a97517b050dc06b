"""What a program reaches outside: an Envoy for each host that it declares, and no other way out.

The network of a program and its proxy is internal. The program finds each declared host by the host's own name, which a
link of Docker's gives to it alone, and the Envoy there passes its connections on: nothing is decrypted. Rejected:
`HTTPS_PROXY`, which many clients do not read; rules of a firewall, which know addresses, and no names.

A program whose `External` has an address that only an env file says, or whose egress has a `*` or an address in place
of a name, cannot be held so. Nor is what is made with the kit: it shares networks with its callers, which lead out. The
report names them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, count
from typing import Any

from stead.gateway.drain import ADMIN
from stead.gateway.proxy.program import is_program
from stead.gateway.proxy.sidecar import ARGUMENTS, LOOPBACK, READY
from stead.model import AnyService, Backend, Limits, Process
from stead.model import Service as ModelService
from stead.model.egress import host_of, is_by_name, port_of
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import deploy
from stead.render.compose.spec import ComposeService, Healthcheck, Ulimit
from stead.render.compose.tcp_proxy import address, tcp_proxy
from stead.render.compose.text import Var
from stead.render.docker.pin import ENVOY
from stead.render.docker.probe import probe_command

LIMITS = Limits(cpus=0.25, memory=128, pids=64)


@dataclass(frozen=True, slots=True)
class Exit:
    """The way of one program to one host outside."""

    program: str
    name: str
    host: str
    ports: tuple[int, ...]

    @property
    def link(self) -> str:
        """The host's name as the program finds it."""
        return f"{self.name}:{self.host}"


def is_closed(process: Process) -> bool:
    """Return whether a process reaches the hosts that it declares, and nothing else outside of the backend."""
    if not isinstance(process, ModelService) or not is_program(process) or process.worker:
        return False
    return not process.externals and all(map(is_by_name, process.egress))


def exits(service: AnyService) -> tuple[Exit, ...]:
    """Return the ways out of a service, in the order of the hosts' names."""
    ports: dict[str, set[int]] = {}
    for each in service.egress if is_closed(service) else ():
        ports.setdefault(host_of(each), set()).add(port_of(each))
    return tuple(
        Exit(service.name, f"{service.name}-exit-{number}", host, tuple(sorted(ports[host])))
        for number, host in enumerate(sorted(ports), 1)
    )


def all_exits(context: ComposeContext) -> dict[str, tuple[Exit, ...]]:
    """Return the ways out of each program that has one, by the program's name."""
    return {service.name: ways for service in context.services if (ways := exits(service))}


def pairs(context: ComposeContext) -> Iterator[tuple[str, str]]:
    """Yield who shares the network of a program and its exits."""
    for program, ways in all_exits(context).items():
        yield from combinations((program, *(way.name for way in ways)), 2)


def open_services(backend: Backend) -> list[str]:
    """Return the services that can reach any host."""
    return [each.name for each in backend.services if not is_closed(each) and not each.worker]


def network_of(program: str) -> str:
    """Return the network of a program and its exits."""
    return f"exits-{program}"


def services(context: ComposeContext) -> dict[str, ComposeService]:
    return {way.name: _service(context, way) for ways in all_exits(context).values() for way in ways}


def _service(context: ComposeContext, way: Exit) -> ComposeService:
    admin = next(port for port in count(ADMIN) if port not in way.ports)
    configuration = json.dumps(_configuration(context, way, admin), separators=(",", ":"))
    return ComposeService(
        image=Var(ENVOY.name, ENVOY.image),
        entrypoint=("/usr/local/bin/envoy",),
        command=("--config-yaml", configuration, *ARGUMENTS),
        healthcheck=Healthcheck(("CMD", *probe_command("program", READY, admin))),
        deploy=deploy(LIMITS),
        ulimits={"nofile": Ulimit(65536, 65536)},
    )


def _configuration(context: ComposeContext, way: Exit, admin: int) -> Mapping[str, Any]:
    return {
        "node": {"id": way.name, "cluster": context.backend.name},
        "static_resources": tcp_proxy(way.name, way.host, way.ports),
        "admin": {"address": address(LOOPBACK, admin)},
    }
