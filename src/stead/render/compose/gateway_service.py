"""The gateway in Compose: Envoy's own image, and its agent, which shares a folder in memory with it."""

from dataclasses import replace

from stead.gateway.start import fixed_configuration
from stead.model import Gateway
from stead.model.finish import finish, stop_period
from stead.model.health import HEALTH
from stead.render.compose import secret
from stead.render.compose.context import ComposeContext, agent_of
from stead.render.compose.process import HEALTHY, LOOPBACK, deploy, environment, healthy, own_image
from stead.render.compose.spec import ComposeService, Healthcheck, Mount, Port, Ulimit, Volume
from stead.render.compose.text import Var
from stead.render.docker.image_kind import PYTHON
from stead.render.docker.pin import ENVOY
from stead.render.docker.probe import probe_command
from stead.render.envoy_deployment import AGENT_LIMITS, agent_ready, entrypoint
from stead.render.gateway_deployment import AGENT_ARGUMENTS, ENVOY_ARGUMENTS, FOLDER, LISTEN, VOLUME

# In memory: what is kept are tokens of minutes, and no one but these two may read them.
MEMORY = Volume("local", {"type": "tmpfs", "device": "tmpfs", "o": "size=8m,uid=10001,gid=10001,mode=0700"})


def gateway(context: ComposeContext, each: Gateway) -> ComposeService:
    """Return Envoy: it waits for its agent, which writes its files, and for the services that it fronts."""
    fronts = [service.name for service in context.services if service.name in context.callees[each.name]]
    return ComposeService(
        image=Var(ENVOY.name, ENVOY.image),
        entrypoint=entrypoint("gateway", finish(each.outer_routes)),
        command=("--config-yaml", fixed_configuration(context.backend, each, FOLDER), *ENVOY_ARGUMENTS),
        depends_on={agent_of(each): HEALTHY} | healthy(context, fronts),
        volumes=(Mount("volume", VOLUME, FOLDER, read_only=True),),
        ports=_ports(context),
        healthcheck=Healthcheck(("CMD", *probe_command("program", HEALTH, LISTEN))),
        deploy=deploy(each.limits),
        stop_grace_period=f"{stop_period(each.outer_routes)}s",
        ulimits={"nofile": Ulimit(65536, 65536)},
    )


def agent(context: ComposeContext, each: Gateway) -> ComposeService:
    """Return the agent: it alone has the gateway's secrets."""
    environ = {name: value for name, value in environment(context, each).items() if name != "HOST"}
    return replace(
        own_image(context, PYTHON),
        command=AGENT_ARGUMENTS,
        environment=environ | secret.paths(context, each) | {"TRUSTED_HOPS": Var("TRUSTED_HOPS", "0")},
        secrets=secret.mounts(context, each),
        volumes=(Mount("volume", VOLUME, FOLDER),),
        healthcheck=Healthcheck(("CMD", *agent_ready(FOLDER))),
        deploy=deploy(AGENT_LIMITS),
    )


def _ports(context: ComposeContext) -> tuple[Port, ...]:
    """Publish on the loopback in dev; elsewhere on the address in the env file, by default on all."""
    address = LOOPBACK if context.is_dev else Var("GATEWAY_ADDRESS", "0.0.0.0")  # noqa: S104 - the edge
    return (Port(LISTEN, Var("GATEWAY_PORT", str(LISTEN)), address),)
