"""The Pod of a process: its containers, probes, limits and volumes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stead.gateway.proxy.program import is_proxied, listens
from stead.gateway.proxy.sidecar import Sidecar, program_wires
from stead.model import AnyService, Job, Process, Route, Service
from stead.model import wiring as symbol
from stead.model.finish import FINISH, USUAL, finish, stop_period
from stead.model.health import LIVEZ, READYZ
from stead.model.kubernetes import Vault
from stead.render.context import reads_files
from stead.render.docker.image_kind import PORT, kind_inside
from stead.render.docker.probe import connecting
from stead.render.kubernetes import proxy, secret
from stead.render.kubernetes.container import (
    Container,
    ContainerPort,
    EnvVar,
    Exec,
    Grpc,
    HttpGet,
    Lifecycle,
    LifecycleHandler,
    Probe,
    Sleep,
)
from stead.render.kubernetes.context import ClusterContext, component_of, own_port
from stead.render.kubernetes.core import (
    Affinity,
    EmptyDir,
    LabelSelector,
    PodAffinityTerm,
    PodAntiAffinity,
    PodMetadata,
    PodSpec,
    PodTemplate,
    ProjectedVolume,
    ServiceAccountTokenProjection,
    TopologySpreadConstraint,
    Volume,
    VolumeProjection,
    WeightedPodAffinityTerm,
)
from stead.render.kubernetes.resources import TMP, resources, temporary
from stead.render.kubernetes.secret import ProcessSecret
from stead.render.kubernetes.variable import value_of

HTTP = "http"
PROPAGATION = 5  # seconds until every proxy of the cluster knows that a Pod is ending
PERIOD = 5  # seconds between two probes
HANGS, TIMEOUT = 30, 120  # seconds until a service made with the kit, or a program, is restarted
EVERYWHERE = "0.0.0.0"  # noqa: S104 - of a Pod: its network policy says who reaches it


def service_pod(context: ClusterContext, service: AnyService) -> PodTemplate:
    """Return the Pod of a service."""
    sidecar = context.sidecars.get(service.name)
    own = replace(
        _container(context, service),
        ports=(ContainerPort(name=HTTP, container_port=PORT),) if not sidecar and listens(service) else (),
        startup_probe=_startup(service),
        liveness_probe=_liveness(service),
        readiness_probe=_readiness(service),
        lifecycle=Lifecycle(pre_stop=LifecycleHandler(sleep=Sleep(seconds=PROPAGATION))) if listens(service) else None,
    )
    return _around(context, service, own, spread=context.replicas(service) > 1)


def job_pod(context: ClusterContext, job: Job) -> PodTemplate:
    """Return the Pod of a job."""
    return _around(context, job, _container(context, job))


def _container(context: ClusterContext, process: AnyService | Job) -> Container:
    secrets = secret.of_program(context, process)
    return Container(
        name=process.name,
        image=context.image(process),
        command=tuple(process.command) if process.image else (),
        args=_arguments(process),
        env=environment(context, process, secrets),
        resources=resources(process.limits),
        volume_mounts=(temporary(), *secret.program_mounts(context, process)),
    )


def _around(context: ClusterContext, process: AnyService | Job, own: Container, *, spread: bool = False) -> PodTemplate:
    """Return the Pod of a process: its container, and its proxy where it has one."""
    sidecar = context.sidecars.get(process.name)
    return pod(
        context,
        process.name,
        component_of(process),
        (own,),
        secret.secrets_of(context, process) if sidecar or reads_files(process) else (),
        inits=proxy.containers(context, sidecar) if sidecar else (),
        volumes=(proxy.volume(), *secret.program_volumes(context, process)) if sidecar else (),
        spread=spread,
        routes=getattr(process, "routes", ()),
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
    routes: Sequence[Route] = (),
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
            termination_grace_period_seconds=PROPAGATION + stop_period(routes),
            affinity=_spread_over_nodes(selector) if spread else None,
            topology_spread_constraints=(TopologySpreadConstraint(label_selector=selector),) if spread else (),
        ),
    )


def _spread_over_nodes(selector: LabelSelector) -> Affinity:
    """Prefer a node without these Pods: a topology spread alone may put two on the first node."""
    term = WeightedPodAffinityTerm(pod_affinity_term=PodAffinityTerm(label_selector=selector))
    return Affinity(pod_anti_affinity=PodAntiAffinity(preferred_during_scheduling_ignored_during_execution=(term,)))


def _token(context: ClusterContext, secrets: tuple[ProcessSecret, ...]) -> tuple[Volume, ...]:
    """Return the token with which Vault's agent logs in: for Vault alone, and for minutes."""
    vault = context.cluster.secrets
    if not secrets or not isinstance(vault, Vault):
        return ()
    source = VolumeProjection(service_account_token=ServiceAccountTokenProjection(audience=vault.audience))
    return (Volume(name=secret.TOKEN, projected=ProjectedVolume(sources=(source,))),)


def environment(context: ClusterContext, process: Process, secrets: tuple[ProcessSecret, ...]) -> tuple[EnvVar, ...]:
    """Return the variables of a process, sorted: described values, and paths of secrets."""
    sidecar = context.sidecars.get(process.name)
    wires = context.described.wires[process.name]
    hidden = {each.key for each in secret.secrets_of(context, process)}
    found = {
        wire.setting.name: value
        for wire in (program_wires(process, wires) if sidecar else wires)
        if wire.setting.name not in hidden and (value := value_of(context, wire)) is not None
    }
    if isinstance(process, Service) and not process.is_worker:
        found["HOST"] = sidecar.program.host if sidecar else EVERYWHERE
        if process.app and (seconds := finish(process.routes)) > USUAL:
            found[FINISH] = str(seconds)
    if sidecar:
        found |= dict(_of_proxy(sidecar, wires))
    plain = [EnvVar(name=name, value=text) for name, text in found.items()]
    return tuple(sorted((*plain, *secret.variables(context, process, secrets)), key=lambda each: each.name))


def _of_proxy(sidecar: Sidecar, wires: tuple[symbol.Wire, ...]) -> Iterator[tuple[str, str]]:
    """Yield a program's addresses of its proxy, which replace those of its callees."""
    for wire in wires:
        match wire.value:
            case symbol.UrlOf(callee):
                yield wire.setting.name, sidecar.url(callee.name)
            case symbol.PortOf():
                yield wire.setting.name, str(sidecar.program.port)


def _arguments(process: AnyService | Job) -> tuple[str, ...]:
    if isinstance(process, Service) and process.app:
        return ("stead.kit.serve", process.app)
    if isinstance(process, Job) and process.entry:
        return ("stead.kit.run_job", process.entry)
    return tuple(process.args)


def _startup(service: AnyService) -> Probe | None:
    """Return what holds the other probes back while a service starts."""
    return _probe(service, LIVEZ, max(round(service.health.start_period / PERIOD), 1))


def _liveness(service: AnyService) -> Probe | None:
    """Return the liveness probe.

    In a process of the kit it has no dependencies, so that a database's outage restarts nothing. A program has one
    health path, which may depend on a database: it gets two minutes.
    """
    return _probe(service, LIVEZ, HANGS // PERIOD if service.app else TIMEOUT // PERIOD)


def _readiness(service: AnyService) -> Probe | None:
    """Return the readiness probe."""
    return _probe(service, READYZ, 2)


def _probe(service: AnyService, path: str, failures: int) -> Probe | None:
    """Return a probe: of a program with one health path that path, of one with a command of its own that.

    Its proxy accepts every connection, so that a program without a path is probed in its own container.
    """
    if service.health.probe or service.health.tcp:
        words = service.health.probe or connecting(kind_inside(service), own_port(service))
        return Probe(exec=Exec(command=words), period_seconds=PERIOD, timeout_seconds=5, failure_threshold=failures)
    if not listens(service):
        return None  # a worker: the kubelet restarts what ends
    port = PORT if is_proxied(service) else HTTP  # a program's port is its proxy's, in another container of the Pod
    if service.health.grpc:
        return Probe(grpc=Grpc(port=PORT), period_seconds=PERIOD, failure_threshold=failures)
    asked = HttpGet(path=path if service.app else service.health.path, port=port)
    return Probe(http_get=asked, period_seconds=PERIOD, failure_threshold=failures)
