"""The proxy of each program in Compose: Envoy and its agent, in a network in which they and the program are alone.

The program's callers reach the proxy by the program's name, since no network of theirs has the program in it. Rejected:
one network namespace for proxy and program (`network_mode: service:…`): a program that listens on all addresses, as
most do, would be reached past its proxy.
"""

from collections.abc import Sequence
from dataclasses import replace

from stead.gateway.proxy.sidecar import FOLDER, READY, Sidecar, agent_wires
from stead.model import Process, Route
from stead.model import Service as ModelService
from stead.model.finish import finish, stop_period
from stead.render.compose import secret
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import HEALTHY, deploy, own_image, ports, variables
from stead.render.compose.spec import ComposeService, Healthcheck, Mount, Ulimit
from stead.render.compose.text import Var
from stead.render.docker.image_kind import PYTHON
from stead.render.docker.pin import ENVOY
from stead.render.docker.probe import probe_command
from stead.render.envoy_deployment import AGENT_LIMITS, DESCRIPTION, PROXY_LIMITS, agent_ready, entrypoint


def services(context: ComposeContext, sidecar: Sidecar) -> dict[str, ComposeService]:
    """Return the proxy of a program and its agent, by their names."""
    return {sidecar.name: _envoy(context, sidecar), sidecar.agent: _agent(context, sidecar)}


def network_of(program: str) -> str:
    """Return the network of a program, its proxy and the proxy's agent."""
    return f"inside-{program}"


def volume_of(sidecar: Sidecar) -> str:
    return sidecar.name


def _envoy(context: ComposeContext, sidecar: Sidecar) -> ComposeService:
    process = sidecar.process
    return ComposeService(
        image=Var(ENVOY.name, ENVOY.image),
        entrypoint=entrypoint("proxy", finish(_routes(process))),
        command=sidecar.watching_envoy,
        depends_on={sidecar.agent: HEALTHY},
        volumes=(Mount("volume", volume_of(sidecar), FOLDER, read_only=True),),
        ports=ports(context, process) if isinstance(process, ModelService) else (),
        healthcheck=Healthcheck(("CMD", *probe_command("program", READY, sidecar.admin))),
        deploy=deploy(PROXY_LIMITS),
        stop_grace_period=f"{stop_period(_routes(process))}s",
        ulimits={"nofile": Ulimit(65536, 65536)},
    )


def _routes(process: Process) -> Sequence[Route]:
    return process.routes if isinstance(process, ModelService) else ()


def _agent(context: ComposeContext, sidecar: Sidecar) -> ComposeService:
    """Return the agent: it alone has the program's keys."""
    process = sidecar.process
    environ = variables(context, process, agent_wires(context.wires[process.name]))
    return replace(
        own_image(context, PYTHON),
        command=sidecar.agent_arguments(DESCRIPTION),
        environment=environ | secret.proxy_paths(context, process),
        secrets=secret.proxy_mounts(context, process),
        volumes=(Mount("volume", volume_of(sidecar), FOLDER),),
        healthcheck=Healthcheck(("CMD", *agent_ready(FOLDER))),
        deploy=deploy(AGENT_LIMITS),
    )
