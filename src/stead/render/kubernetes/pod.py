"""The Pod of a process: its containers, probes, limits and volumes."""

from stead.model import AnyService, Job, Limits, Process, Service
from stead.model import wiring as symbol
from stead.model.health import LIVEZ, READYZ
from stead.model.kubernetes import Vault
from stead.render.compose.process import as_text
from stead.render.docker.image_kind import PORT, kind_of
from stead.render.kubernetes import secret
from stead.render.kubernetes.context import ClusterContext, component_of
from stead.render.kubernetes.core import (
    Container,
    ContainerPort,
    EmptyDir,
    EnvVar,
    Exec,
    HttpGet,
    LabelSelector,
    Lifecycle,
    LifecycleHandler,
    PodMetadata,
    PodSpec,
    PodTemplate,
    Probe,
    ProjectedVolume,
    ResourceRequirements,
    ServiceAccountTokenProjection,
    Sleep,
    TcpSocket,
    TopologySpreadConstraint,
    Volume,
    VolumeMount,
    VolumeProjection,
)
from stead.render.kubernetes.secret import ProcessSecret

HTTP = "http"
TMP = "tmp"
UNTOLD = 5  # seconds until every proxy of the cluster knows that a Pod is ending
FINISH = 10  # seconds that a process has for the requests that it has begun
GRACE = UNTOLD + FINISH + 5
PERIOD = 5  # seconds between two probes
CPU_SHARE = 4  # a request is a quarter of the limit: most processes wait most of the time


def service_pod(context: ClusterContext, service: AnyService) -> PodTemplate:
    """Return the Pod of a service."""
    secrets = secret.secrets_of(context, service)
    container = Container(
        name=service.name,
        image=context.image(service),
        command=_entrypoint(service),
        args=_arguments(service),
        env=environment(context, service, secrets),
        ports=(ContainerPort(name=HTTP, container_port=PORT),),
        resources=resources(service.limits),
        volume_mounts=(temporary(), *secret.mounts(context, secrets)),
        startup_probe=_startup(service),
        liveness_probe=_liveness(service),
        readiness_probe=_readiness(service),
        lifecycle=Lifecycle(pre_stop=LifecycleHandler(sleep=Sleep(seconds=UNTOLD))),
    )
    return template(context, service, (container,), secrets, spread=context.replicas(service) > 1)


def job_pod(context: ClusterContext, job: Job) -> PodTemplate:
    """Return the Pod of a job."""
    secrets = secret.secrets_of(context, job)
    container = Container(
        name=job.name,
        image=context.image(job),
        command=_entrypoint(job),
        args=_arguments(job),
        env=environment(context, job, secrets),
        resources=resources(job.limits),
        volume_mounts=(temporary(), *secret.mounts(context, secrets)),
    )
    return template(context, job, (container,), secrets)


def template(
    context: ClusterContext,
    process: Process,
    containers: tuple[Container, ...],
    secrets: tuple[ProcessSecret, ...],
    *,
    inits: tuple[Container, ...] = (),
    volumes: tuple[Volume, ...] = (),
    spread: bool = False,
) -> PodTemplate:
    """Return the Pod of a process around its containers."""
    return pod(
        context,
        process.name,
        component_of(process),
        containers,
        secrets,
        inits=inits,
        volumes=volumes,
        spread=spread,
    )


def pod(
    context: ClusterContext,
    name: str,
    component: str,
    containers: tuple[Container, ...],
    secrets: tuple[ProcessSecret, ...],
    *,
    inits: tuple[Container, ...] = (),
    volumes: tuple[Volume, ...] = (),
    spread: bool = False,
) -> PodTemplate:
    """Return a Pod: hardened, without a token of the API server, spread over nodes where several of it run."""
    ends = component == "job"
    selector = LabelSelector(match_labels=context.selector(name, component))
    return PodTemplate(
        metadata=PodMetadata(
            labels=context.labels(name, component), annotations=secret.annotations(context, secrets, ends=ends)
        ),
        spec=PodSpec(
            service_account_name=name,
            init_containers=inits,
            containers=containers,
            volumes=(
                Volume(name=TMP, empty_dir=EmptyDir(size_limit="64Mi")),
                *secret.volumes(context, secrets),
                *_token(context, secrets),
                *volumes,
            ),
            restart_policy="Never" if ends else "Always",
            termination_grace_period_seconds=GRACE,
            topology_spread_constraints=(TopologySpreadConstraint(label_selector=selector),) if spread else (),
        ),
    )


def _token(context: ClusterContext, secrets: tuple[ProcessSecret, ...]) -> tuple[Volume, ...]:
    """Return the token with which Vault's agent logs in: for Vault alone, and for minutes."""
    vault = context.cluster.secrets
    if not secrets or not isinstance(vault, Vault):
        return ()
    source = VolumeProjection(service_account_token=ServiceAccountTokenProjection(audience=vault.audience))
    return (Volume(name=secret.TOKEN, projected=ProjectedVolume(sources=(source,))),)


def temporary() -> VolumeMount:
    return VolumeMount(name=TMP, mount_path="/tmp")  # noqa: S108 - a mount of the container's own


def resources(limits: Limits) -> ResourceRequirements:
    """Return what a container may take, and what is kept for it: all of its memory, a quarter of its CPU."""
    milli = round(limits.cpus * 1000)
    memory = f"{limits.memory}Mi"
    return ResourceRequirements(
        limits={"cpu": f"{milli}m", "ephemeral-storage": "256Mi", "memory": memory},
        requests={"cpu": f"{max(milli // CPU_SHARE, 1)}m", "ephemeral-storage": "64Mi", "memory": memory},
    )


def environment(context: ClusterContext, process: Process, secrets: tuple[ProcessSecret, ...]) -> tuple[EnvVar, ...]:
    """Return the variables of a process, sorted: what is described, and where its secrets are."""
    hidden = {each.key for each in secrets}
    found = {
        wire.setting.name: value
        for wire in context.described.wires[process.name]
        if wire.setting.name not in hidden and (value := _value(context, wire)) is not None
    }
    if isinstance(process, Service):
        found["HOST"] = "0.0.0.0"  # noqa: S104 - of a Pod: its network policy says who reaches it
    plain = [EnvVar(name=name, value=text) for name, text in found.items()]
    return tuple(sorted((*plain, *secret.variables(context, process, secrets)), key=lambda each: each.name))


def _value(context: ClusterContext, wire: symbol.Wire) -> str | None:
    match wire.value:
        case symbol.EnvironmentName():
            return context.environment.name
        case symbol.Version():
            return context.release.version
        case symbol.UrlOf(callee):
            return f"http://{callee.name}:{PORT}"
        case symbol.PortOf():
            return str(PORT)
        case symbol.Text(value):
            return as_text(value)
        case symbol.Supplied() if wire.setting.name in context.cluster.values:
            return as_text(context.cluster.values[wire.setting.name])
    return None  # a person gives it: it is refused where it is required, and left at its default elsewhere


def _entrypoint(process: AnyService | Job) -> tuple[str, ...]:
    return tuple(process.command) if process.command and (kind_of(process) == "python") else ()


def _arguments(process: AnyService | Job) -> tuple[str, ...]:
    if isinstance(process, Service):
        return ("stead.kit.serve", process.app) if process.app else ()
    if isinstance(process, Job) and process.entry:
        return ("stead.kit.run_job", process.entry)
    return tuple(process.command) if process.image else ()


def _startup(service: AnyService) -> Probe:
    """Return what holds the other probes back while a service starts."""
    failures = max(round(service.health.start_period / PERIOD), 1)
    return _asking(service, LIVEZ, failures)


def _liveness(service: AnyService) -> Probe:
    """Return what restarts a process that hangs: it asks for no resource, so that a database's outage kills nothing."""
    if service.app:
        return _asking(service, LIVEZ, 6)
    if service.health.probe and service.image:
        return _asking(service, LIVEZ, 6)
    return Probe(tcp_socket=TcpSocket(port=HTTP), period_seconds=PERIOD * 2, failure_threshold=6)


def _readiness(service: AnyService) -> Probe:
    """Return what takes a process out of its Service while it cannot work."""
    return _asking(service, READYZ, 2)


def _asking(service: AnyService, path: str, failures: int) -> Probe:
    """Return a probe: of a program with one health path that path, of an image with a command of its own that."""
    if service.health.probe:
        return Probe(
            exec=Exec(command=service.health.probe), period_seconds=PERIOD * 2, timeout_seconds=5,
            failure_threshold=failures,
        )  # fmt: skip
    return Probe(
        http_get=HttpGet(path=path if service.app else service.health.path, port=HTTP),
        period_seconds=PERIOD,
        failure_threshold=failures,
    )
