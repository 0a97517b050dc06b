"""The proxy of a program in its Pod: Envoy and its agent, as sidecars that start before the program.

Callers connect to the proxy at the Pod's address; the program listens on the Pod's loopback, and sends its calls to the
proxy there.
"""

from dataclasses import replace

from stead.gateway.proxy.sidecar import FOLDER, LISTEN, READY, Sidecar, agent_wires
from stead.model.finish import finish
from stead.render.docker import pin
from stead.render.docker.probe import probe_command
from stead.render.envoy_deployment import AGENT_LIMITS, DESCRIPTION, PROXY_LIMITS, agent_ready, entrypoint
from stead.render.kubernetes import secret
from stead.render.kubernetes.container import Container, ContainerPort, EnvVar, Exec, Probe, VolumeMount
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.core import EmptyDir, Volume
from stead.render.kubernetes.resources import resources, temporary
from stead.render.kubernetes.variable import value_of

NAME, AGENT, VOLUME = "proxy", "proxy-agent", "proxy"
PORT_NAME = "http"


def containers(context: ClusterContext, sidecar: Sidecar) -> tuple[Container, Container]:
    """Return the agent and Envoy, in the order in which they start."""
    return _agent(context, sidecar), _envoy(sidecar)


def volume() -> Volume:
    """Return the folder in memory that both share."""
    return Volume(name=VOLUME, empty_dir=EmptyDir(medium="Memory", size_limit="8Mi"))


def _agent(context: ClusterContext, sidecar: Sidecar) -> Container:
    """Return the agent: it alone has the program's keys."""
    own = secret.secrets_of(context, sidecar.process)
    keys = tuple(each for each in own if each.key in secret.KEYS)
    environ = [
        EnvVar(name=wire.setting.name, value=value)
        for wire in agent_wires(context.described.wires[sidecar.process.name])
        if (value := value_of(context, wire)) is not None
    ]
    return Container(
        name=AGENT,
        image=context.python_image,
        args=sidecar.agent_arguments(DESCRIPTION),
        env=tuple(sorted((*environ, *secret.files(context, keys)), key=lambda each: each.name)),
        resources=resources(AGENT_LIMITS),
        volume_mounts=(temporary(), VolumeMount(name=VOLUME, mount_path=FOLDER), *secret.mounts(context, keys)),
        startup_probe=Probe(exec=Exec(command=agent_ready(FOLDER)), failure_threshold=60),
        restart_policy="Always",
    )


def _envoy(sidecar: Sidecar) -> Container:
    listening = Probe(exec=Exec(command=probe_command("program", READY, sidecar.admin)), failure_threshold=24)
    return Container(
        name=NAME,
        image=pin.ENVOY.image,
        command=entrypoint("proxy", finish(getattr(sidecar.process, "routes", ()))),
        args=sidecar.envoy,
        ports=(ContainerPort(name=PORT_NAME, container_port=LISTEN),) if sidecar.is_called else (),
        resources=resources(PROXY_LIMITS),
        volume_mounts=(temporary(), VolumeMount(name=VOLUME, mount_path=FOLDER, read_only=True)),
        startup_probe=listening,
        liveness_probe=replace(listening, period_seconds=10, failure_threshold=6),
        readiness_probe=replace(listening, failure_threshold=2),
        restart_policy="Always",
    )
