"""`python -m stead.gateway.proxy.start`: the agent of one program's proxy, with Envoy in another container.

First it writes Envoy's configuration to the shared folder: only the environment has the trusted keys and the addresses
of callees. Then it refreshes tokens.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from stead.gateway import dynamic
from stead.gateway.agent.file import replace
from stead.gateway.agent.loop import BAD_SETTINGS, run
from stead.gateway.bootstrap import to_json
from stead.gateway.deployment import Socket
from stead.gateway.drain import ADMIN
from stead.gateway.problem import GatewayError
from stead.gateway.proxy.bootstrap import bootstrap
from stead.gateway.proxy.deployment import Inbound, Outbound, ProxyDeployment
from stead.gateway.proxy.keyring import key_sets
from stead.gateway.proxy.plan import key_setting, plan
from stead.gateway.proxy.program import listens, longest, operations, signs, speaks_grpc, streams
from stead.gateway.proxy.sidecar import CONFIGURATION, HEAP, LISTEN, LOOPBACK, outgoing_ports
from stead.gateway.proxy.subnet import own_networks
from stead.model import AnyService, Backend, Job, SteadError, load
from stead.model.environment_value import given
from stead.model.wiring import KEYRING, PRIVATE_KEY, url_setting

EVERYWHERE = "0.0.0.0"  # noqa: S104 - of a container: its networks say who reaches it


@dataclass(frozen=True, slots=True)
class Container:
    """The arguments from the target.

    folder   that Envoy shares
    program  where the program listens
    listen   the port on which the program's callers reach the proxy
    sources  networks from which outgoing calls are accepted; empty: the proxy's own loopback
    """

    folder: str
    program: Socket
    listen: int = LISTEN
    sources: tuple[str, ...] = ()


def main(words: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Write the configuration, then refresh the proxy's tokens until SIGTERM; return the exit status."""
    asked = _parser().parse_args(words)
    container = Container(asked.folder, asked.program, asked.listen, asked.sources)
    try:
        backend = load(asked.backend)
        process = _process(backend, asked.process)
        secret = given(environ, PRIVATE_KEY.name)
        known = {**environ, key_setting(process.name): secret, KEYRING.name: given(environ, KEYRING.name)}
        deployment = deployment_of(backend, process, container, known)
        configuration = bootstrap(deployment)
        folder = Path(container.folder)
        replace(folder / CONFIGURATION, to_json(configuration))
        return run(plan(deployment), folder, known, partial(dynamic.write, configuration, folder))
    except (SteadError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return BAD_SETTINGS


def deployment_of(
    backend: Backend, process: AnyService | Job, container: Container, environ: Mapping[str, str]
) -> ProxyDeployment:
    """Return the proxy of one program; GatewayError when a caller's key or a callee's URL is not given."""
    return ProxyDeployment(
        name=f"{process.name}-proxy",
        backend=backend.name,
        folder=container.folder,
        inbound=()
        if isinstance(process, Job) or not listens(process)
        else (_inbound(backend, process, container, environ),),
        outbound=tuple(_outbound(backend, process, container, environ)),
        admin=Socket(LOOPBACK, ADMIN),
        sources=container.sources,
        max_heap=HEAP,
    )


def _inbound(backend: Backend, service: AnyService, container: Container, environ: Mapping[str, str]) -> Inbound:
    callers = backend.callers(service)
    keys = key_sets(environ.get(KEYRING.name, ""), callers, environ.get(key_setting(service.name), ""))
    return Inbound(service, Socket(EVERYWHERE, container.listen), container.program, callers, keys)


def _outbound(
    backend: Backend, process: AnyService | Job, container: Container, environ: Mapping[str, str]
) -> list[Outbound]:
    ports = outgoing_ports(backend, process)
    host = EVERYWHERE if container.sources else LOOPBACK
    absent = _absent(backend, environ.get("ENVIRONMENT", ""))
    return [
        Outbound(
            process.name,
            callee.name,
            Socket(host, ports[callee.name]),
            _address(url_setting(process, callee).name, environ),
            granted,
            longest(callee, granted),
            streams(callee, granted),
            speaks_grpc(callee),
            signs(process),
        )
        for callee, granted in operations(backend, process).items()
        if callee.name not in absent
    ]


def _absent(backend: Backend, environment: str) -> frozenset[str]:
    left_out = (each.without for each in backend.environments if each.name == environment)
    return frozenset(service.name for services in left_out for service in services)


def _address(setting: str, environ: Mapping[str, str]) -> Socket:
    parts = urlsplit(environ.get(setting, ""))
    if parts.scheme != "http" or not parts.hostname:
        raise GatewayError(f"{setting} is missing or malformed: give the callee's URL, http://HOST:PORT")
    return Socket(parts.hostname, parts.port or 80)


def _process(backend: Backend, name: str) -> AnyService | Job:
    ready: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    found = [each for each in ready if each.name == name]
    if not found:
        raise GatewayError(f"{backend.where}: {backend.name} has no service or job {name}: render it again")
    return found[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name if __spec__ else __name__}")
    parser.add_argument("backend", metavar="BACKEND")
    parser.add_argument("process", metavar="PROGRAM")
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("--program", type=_socket, required=True, metavar="HOST:PORT")
    parser.add_argument("--listen", type=int, default=LISTEN, metavar="PORT")
    parser.add_argument("--sources", type=_networks, default=(), metavar="CIDR,…", help="or own: the agent's networks")
    return parser


def _socket(text: str) -> Socket:
    host, _, port = text.rpartition(":")
    return Socket(host, int(port))


def _networks(text: str) -> tuple[str, ...]:
    return own_networks() if text == "own" else tuple(text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
