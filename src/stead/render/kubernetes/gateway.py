"""The backend's gateway in a cluster: Envoy, and the agent that writes its configuration and refreshes its keys."""

from stead.gateway.start import CONFIGURATION
from stead.model import Gateway
from stead.model.finish import finish
from stead.model.health import HEALTH, LIVEZ
from stead.render.docker import pin
from stead.render.envoy_deployment import AGENT_LIMITS, agent_ready, entrypoint
from stead.render.gateway_deployment import AGENT_ARGUMENTS, ENVOY_ARGUMENTS, FOLDER, LISTEN, VOLUME
from stead.render.kubernetes import secret
from stead.render.kubernetes.container import (
    Container,
    ContainerPort,
    EnvVar,
    Exec,
    HttpGet,
    Lifecycle,
    LifecycleHandler,
    Probe,
    Sleep,
    VolumeMount,
)
from stead.render.kubernetes.context import ClusterContext, component_of
from stead.render.kubernetes.core import EmptyDir, PodTemplate, Volume
from stead.render.kubernetes.edge import (
    BackendReference,
    CertificateReference,
    GatewayListener,
    GatewaySpec,
    HttpRoute,
    HttpRouteSpec,
    ListenerTls,
    ParentReference,
    RouteRule,
    Timeouts,
)
from stead.render.kubernetes.edge import Gateway as EdgeGateway
from stead.render.kubernetes.pod import HTTP, PROPAGATION, environment, pod
from stead.render.kubernetes.resources import resources, temporary

AGENT = "agent"
SPARE = 1  # seconds: the gateway of the backend answers 504 first, with a reason
NEVER = "0s"


def gateway_pod(context: ClusterContext, gateway: Gateway) -> PodTemplate:
    """Return the Pod: the agent runs before Envoy and as long as it; they share a folder in memory."""
    secrets = secret.secrets_of(context, gateway)
    volume = Volume(name=VOLUME, empty_dir=EmptyDir(medium="Memory", size_limit="8Mi"))
    return pod(
        context,
        gateway.name,
        component_of(gateway),
        (_envoy(gateway),),
        secrets,
        inits=(_agent(context, gateway, secrets),),
        volumes=(volume,),
        spread=True,
        routes=gateway.outer_routes,
    )


def _agent(context: ClusterContext, gateway: Gateway, secrets: tuple[secret.ProcessSecret, ...]) -> Container:
    environ = (*environment(context, gateway, secrets), EnvVar(name="TRUSTED_HOPS", value="1"))
    return Container(
        name=AGENT,
        image=context.python_image,
        args=AGENT_ARGUMENTS,
        env=tuple(sorted(environ, key=lambda each: each.name)),
        resources=resources(AGENT_LIMITS),
        volume_mounts=(temporary(), VolumeMount(name=VOLUME, mount_path=FOLDER), *secret.mounts(context, secrets)),
        startup_probe=Probe(exec=Exec(command=agent_ready(FOLDER)), failure_threshold=60),
        restart_policy="Always",
    )


def _envoy(gateway: Gateway) -> Container:
    return Container(
        name=gateway.name,
        image=pin.ENVOY.image,
        command=entrypoint("gateway", finish(gateway.outer_routes)),
        args=("--config-path", f"{FOLDER}/{CONFIGURATION}", *ENVOY_ARGUMENTS),
        ports=(ContainerPort(name=HTTP, container_port=LISTEN),),
        resources=resources(gateway.limits),
        volume_mounts=(temporary(), VolumeMount(name=VOLUME, mount_path=FOLDER, read_only=True)),
        startup_probe=Probe(http_get=HttpGet(path=HEALTH, port=HTTP), failure_threshold=24),
        liveness_probe=Probe(http_get=HttpGet(path=LIVEZ, port=HTTP), failure_threshold=6),
        readiness_probe=Probe(http_get=HttpGet(path=HEALTH, port=HTTP), failure_threshold=2),
        lifecycle=Lifecycle(pre_stop=LifecycleHandler(sleep=Sleep(seconds=PROPAGATION))),
    )


def route(context: ClusterContext, gateway: Gateway) -> HttpRoute:
    """Return the route of the host: all requests go to the backend's gateway, which has the routes."""
    cluster = context.cluster
    namespace, _, name = cluster.gateway.rpartition("/")
    own = ParentReference(name=context.instance)
    parent = ParentReference(name=name, namespace=namespace or None) if name else own
    return HttpRoute(
        metadata=context.metadata(gateway.name, "gateway"),
        spec=HttpRouteSpec(
            parent_refs=(parent,),
            hostnames=(cluster.host,),
            rules=(
                RouteRule(
                    backend_refs=(BackendReference(name=gateway.name, port=LISTEN),),
                    timeouts=_timeouts(gateway),
                ),
            ),
        ),
    )


def _timeouts(gateway: Gateway) -> Timeouts | None:
    """Return how long the cluster's Gateway waits; for ever where a route streams, which has no end by itself.

    The backend's gateway closes each answer in its own time, and a stream on which nothing is sent.
    """
    outside = gateway.outer_routes
    if any(route.streams or route.websocket for route in outside):
        return Timeouts(request=NEVER)
    return Timeouts(request=duration(max(route.timeout for route in outside) + SPARE)) if outside else None


def duration(seconds: float) -> str:
    """Return a duration of the Gateway API (GEP-2257): whole numbers of at most five digits, each with a unit."""
    rest, parts = round(seconds * 1000), []
    for unit, milliseconds in (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        number, rest = divmod(rest, milliseconds)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or NEVER


def listener(context: ClusterContext) -> EdgeGateway:
    """Return a Gateway for the host, if the description names a class instead of an existing Gateway."""
    cluster = context.cluster
    tls = ListenerTls(certificate_refs=(CertificateReference(name=cluster.tls),)) if cluster.tls else None
    one = GatewayListener(
        name="https" if tls else HTTP,
        hostname=cluster.host,
        port=443 if tls else 80,
        protocol="HTTPS" if tls else "HTTP",
        tls=tls,
    )
    return EdgeGateway(
        metadata=context.metadata(context.instance, "gateway"),
        spec=GatewaySpec(gateway_class_name=cluster.gateway_class, listeners=(one,)),
    )
