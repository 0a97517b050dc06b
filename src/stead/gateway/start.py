"""`python -m stead.gateway.start`: the agent of a gateway with Envoy in another container.

First it writes Envoy's configuration to the shared folder. It is not rendered with the backend, since only the
environment has the version and the trusted issuers.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from stead.gateway import dynamic
from stead.gateway.agent.file import replace
from stead.gateway.agent_plan import plan
from stead.gateway.bootstrap import bootstrap, empty, to_json
from stead.gateway.deployment import MEBIBYTE, Deployment, Socket
from stead.gateway.drain import ADMIN
from stead.gateway.envoy.bootstrap import Node
from stead.model import Backend, Environment, Gateway, Setting, SteadError, load
from stead.model.environment_value import given
from stead.model.gateway import TRACES

CONFIGURATION = "envoy.json"
HEAP = 0.7  # of the memory of the gateway; the rest is for what Envoy does not count


@dataclass(frozen=True, slots=True)
class Container:
    """The arguments from the target: the ports of services and of the gateway, and the folder."""

    folder: str
    listen: int = 8080
    upstream: int = 8000
    trusted_hops: int = 0


def main(words: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Write the configuration, then refresh the gateway's files until SIGTERM; return the exit status."""
    if len(words) != 4:
        sys.stderr.write("usage: python -m stead.gateway.start BACKEND FOLDER LISTEN UPSTREAM\n")
        return 64  # EX_USAGE
    from stead.gateway.agent.loop import BAD_SETTINGS, run  # imported here: the renderers need no cryptography

    container = Container(words[1], int(words[2]), int(words[3]), int(environ.get("TRUSTED_HOPS") or 0))
    try:
        backend = load(words[0])
        known = dict(environ) | given_settings(backend.gateway, environ)
        deployment = deployment_of(backend, container, known)
        configuration = bootstrap(backend, deployment)
        folder = Path(container.folder)
        replace(folder / CONFIGURATION, to_json(configuration))
        return run(plan(backend, deployment), folder, known, partial(dynamic.write, configuration, folder))
    except (SteadError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return BAD_SETTINGS


def given_settings(gateway: Gateway | None, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the gateway's settings as text, from files, too; settings without a value are omitted."""
    names = [setting.name for setting in gateway.declared] if gateway else []
    texts = {name: given(environ, name) for name in (*names, "SERVICE_JWT_SECRET")}
    return {name: text for name, text in texts.items() if text}


def deployment_of(backend: Backend, container: Container, environ: Mapping[str, str]) -> Deployment:
    """Return the site: every service of this environment is reached by its name."""
    environment = _environment(backend, environ.get("ENVIRONMENT") or "dev")
    running = [service.name for service in backend.services if service not in environment.without]
    return Deployment(
        environment=environment.name,
        version=environ.get("VERSION") or "dev",
        listen=Socket("0.0.0.0", container.listen),  # noqa: S104 - of a container: its network says who reaches it
        upstreams={name: Socket(name, container.upstream) for name in running},
        folder=container.folder,
        admin=Socket("127.0.0.1", ADMIN),
        values=_values(backend.gateway, environ),
        collector=environ.get(TRACES.name) or None,
        trusted_hops=container.trusted_hops,
        max_heap=_heap(backend.gateway),
    )


def fixed_configuration(backend: Backend, gateway: Gateway, folder: str) -> str:
    """Return what Envoy reads when it starts, as one line: the same in every environment and every version."""
    node = Node(id=gateway.name, cluster=backend.name)
    bare = empty(node, _heap(gateway), Deployment.max_connections, Socket("127.0.0.1", ADMIN))
    return dynamic.fixed(bare, folder)


def _heap(gateway: Gateway | None) -> int:
    return int((gateway.limits.memory if gateway else 512) * HEAP) * MEBIBYTE


def _environment(backend: Backend, name: str) -> Environment:
    try:
        return backend.environment(name)
    except KeyError:
        return Environment(name)


def _values(gateway: Gateway | None, environ: Mapping[str, str]) -> dict[str, Any]:
    declared = [setting for setting in gateway.declared if not setting.secret] if gateway else []
    return {setting.name: _value(setting, environ.get(setting.name, "")) for setting in declared}


def _value(setting: Setting, text: str) -> Any:
    if not text:
        return None if setting.required else setting.default
    if setting.type is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return setting.type(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
