"""Services and jobs of the description as services of Compose."""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace

from stead.gateway.proxy.sidecar import program_wires
from stead.model import Build as ModelBuild
from stead.model import Dev, Health, Limits, Process
from stead.model import Service as ModelService
from stead.model import wiring as symbol
from stead.model.environment_value import as_text
from stead.model.finish import FINISH, USUAL, finish, stop_period
from stead.model.health import START_PERIOD
from stead.model.host_of import HostOf
from stead.model.resource_form import PUBLIC
from stead.model.setting import Setting
from stead.render.compose import secret
from stead.render.compose.context import ComposeContext
from stead.render.compose.public_bucket import public_url
from stead.render.compose.spec import (
    NO_CHECK,
    Build,
    ComposeService,
    DependsOn,
    Deploy,
    Healthcheck,
    LimitsSpec,
    Port,
    Resources,
    Value,
)
from stead.render.compose.text import ConcatenatedText, PassedThrough, Text, Var
from stead.render.context import MAKERS, Ready, server_of
from stead.render.docker.image_kind import PORT, USER, Kind, image_of, inside, kind_inside, port_of, root
from stead.render.docker.probe import asking_grpc, connecting, probe_command

ISSUER = "https://identity.stead.test"  # the development identity provider's
ORDER = "copy .env.*.example without its ending and fill it in, then run stead render --secrets, then Compose"
VERSION = Var("VERSION", why=f"the deployed commit or release; {ORDER}")
LOOPBACK = "127.0.0.1"
ALIVE = Healthcheck(("CMD", "test", "-d", "/proc/1"))  # of a process that does not listen: alive is healthy
DEV_VERSION = Var("VERSION", "dev")
HEALTHY = DependsOn("service_healthy")
DONE = DependsOn("service_completed_successfully")


def service(compose_context: ComposeContext, process: ModelService[str]) -> ComposeService:
    """Return a service: it waits for its resources, for the jobs before it and for its callees, and is restarted."""
    return replace(
        _process(compose_context, process),
        healthcheck=_check(process),
        ports=ports(compose_context, process) if process.name not in compose_context.sidecars else (),
        deploy=deploy(process.limits, compose_context.replicas(process)),
        stop_grace_period=f"{stop_period(process.routes)}s",
        depends_on=(
            _resources(process)
            | _jobs_before(compose_context)
            | _callees(compose_context, process)
            | _own_proxy(compose_context, process)
        ),
    )


def ports(compose_context: ComposeContext, process: ModelService[str]) -> tuple[Port, ...]:
    """Return the published port of a service: on the loopback in development, for one replica."""
    if process.is_worker:
        return ()
    one = process.name in compose_context.sidecars or compose_context.replicas(process) == 1
    return published(process.name, PORT) if compose_context.is_dev and one else ()


def job(compose_context: ComposeContext, process: Ready) -> ComposeService:
    """Return a job: it is run once, and never again by itself."""
    names = [service.name for service in compose_context.services]
    late = getattr(process, "runs", "") == "after" or getattr(process, "is_scheduled", False)
    after = healthy(compose_context, names) if late else {}
    return replace(
        _process(compose_context, process),
        healthcheck=NO_CHECK,
        restart="no",
        deploy=deploy(process.limits),
        depends_on=_resources(process) | after | _own_proxy(compose_context, process),
    )


def _process(compose_context: ComposeContext, process: Ready) -> ComposeService:
    return replace(
        _imaged(compose_context, process),
        user=USER,
        command=_command(process),
        entrypoint=tuple(process.command) if process.image else (),
        environment=environment(compose_context, process) | secret.paths(compose_context, process),
        env_file=secret.env_files(compose_context, process),
        secrets=secret.mounts(compose_context, process),
    )


def _imaged(compose_context: ComposeContext, process: Ready) -> ComposeService:
    if process.image:
        return ComposeService(image=process.image)
    if process.build_spec:
        return _built(compose_context, process.name, process.build_spec)
    return own_image(compose_context, image_of(process))


def _built(compose_context: ComposeContext, name: str, build: ModelBuild) -> ComposeService:
    """Return a service with an image of the project's own Dockerfile."""
    if not compose_context.is_dev:
        return ComposeService(image=image_variable(name))
    context = posixpath.normpath(posixpath.join("../..", str(build.context)))
    image = ConcatenatedText((f"{compose_context.backend.name}-{name}:", DEV_VERSION))
    made = Build(context, build.dockerfile, build.args, build.target or None)
    return ComposeService(image=image, build=made, pull_policy="build")


def own_image(compose_context: ComposeContext, name: str) -> ComposeService:
    """Return a service of an image of the backend's: in dev it is built here, elsewhere it is named by digest."""
    if not compose_context.is_dev:
        return ComposeService(image=image_variable(name))
    project = root(compose_context.backend)
    build = Build(
        context="../.." if project == "." else f"../../{project}",
        dockerfile=inside(compose_context.backend, f"deploy/docker/{name}.Dockerfile"),
        args={"VERSION": DEV_VERSION} | {base: PassedThrough() for base in compose_context.bases[name]},
    )
    image = ConcatenatedText((f"{compose_context.backend.name}-{name}:", DEV_VERSION))
    return ComposeService(image=image, build=build, pull_policy="build")


def image_variable(name: str) -> Var:
    variable = f"IMAGE_{name.replace('-', '_').upper()}"
    return Var(variable, why=f"the image of {name} by digest, as registry/name@sha256:…")


def _command(process: Ready) -> tuple[Text, ...]:
    if isinstance(process, ModelService):
        return ("stead.kit.serve", process.app) if process.app else tuple(process.args)
    if process.entry:
        return ("stead.kit.run_job", process.entry)
    return tuple(process.args)


def environment(compose_context: ComposeContext, process: Process) -> dict[str, Value]:
    """Return the variables of a process: values of the description, and references to given values."""
    wires = compose_context.wires[process.name]
    sidecar = compose_context.sidecars.get(process.name)
    found = variables(compose_context, process, program_wires(process, wires) if sidecar else wires)
    if sidecar:
        found |= {setting: sidecar.url(callee) for setting, callee in _urls(wires)}
    if isinstance(process, ModelService) and not process.is_worker:
        found["HOST"] = "0.0.0.0"  # noqa: S104 - of a container: its networks say who reaches it
        if process.app and (seconds := finish(process.routes)) > USUAL:
            found[FINISH] = str(seconds)
    return found


def variables(compose_context: ComposeContext, process: Process, wires: Iterable[symbol.Wire]) -> dict[str, Value]:
    """Return the variables of those settings, without secrets."""
    secret_values = secret.secret_values(compose_context, process)
    return {
        wire.setting.name: _value(compose_context, process, wire)
        for wire in wires
        if wire.setting.name not in secret_values or _is_key_set(compose_context, wire)
    }


def _urls(wires: Iterable[symbol.Wire]) -> Iterator[tuple[str, str]]:
    """Yield the settings that hold a callee's URL, each with the callee's name."""
    for wire in wires:
        if isinstance(wire.value, symbol.UrlOf):
            yield wire.setting.name, wire.value.service.name


def _is_key_set(compose_context: ComposeContext, wire: symbol.Wire) -> bool:
    return compose_context.is_dev and wire.setting.dev is Dev.KEY_SET


def _value(compose_context: ComposeContext, process: Process, wire: symbol.Wire) -> Value:
    match wire.value:
        case symbol.EnvironmentName():
            return compose_context.environment.name
        case HostOf(callee):
            return compose_context.front(callee.name)
        case symbol.UrlOf(callee):
            return f"http://{callee.name}:{PORT}"
        case symbol.PortOf():
            return str(port_of(process))
        case symbol.AddressOf(form=form) if form == PUBLIC:
            return public_url(compose_context)
        case symbol.Text(value):
            return as_text(value)
        case symbol.Supplied():
            return supplied(compose_context, wire.setting, process)
    return DEV_VERSION if compose_context.is_dev else VERSION


def supplied(compose_context: ComposeContext, setting: Setting, process: Process) -> Value:
    """Return a value that a person gives: required, or passed on where it is set."""
    if compose_context.is_dev and setting.dev is Dev.KEY_SET:
        return Var(setting.name, f"file://{secret.RUN}/{secret.KEY_SET}")
    if compose_context.is_dev and setting.dev is Dev.ISSUER:
        return Var(setting.name, ISSUER)
    if setting.required:
        return Var(setting.name, why=f"{process.name} needs it: {setting.help}")
    return PassedThrough()


def _check(process: ModelService[str]) -> Healthcheck:
    if process.is_worker and not process.health.probe:
        return ALIVE
    check = Healthcheck(("CMD", *_asking(process.health, kind_inside(process), port_of(process))))
    period = process.health.start_period
    return check if period == START_PERIOD else replace(check, start_period=f"{period:g}s")


def _asking(health: Health, kind: Kind, port: int) -> tuple[str, ...]:
    if health.probe:
        return health.probe
    if health.grpc:
        return asking_grpc(kind, port)
    return connecting(kind, port) if health.tcp else probe_command(kind, health.path, port)


def deploy(limits: Limits, replicas: int = 1) -> Deploy:
    spec = LimitsSpec(f"{limits.cpus:g}", f"{limits.memory}M", limits.pids)
    return Deploy(Resources(spec), replicas if replicas != 1 else None)


def published(name: str, port: int, usual: str = "") -> tuple[Port, ...]:
    """Return a port on the loopback: `<NAME>_PORT`, or else the usual one, or a free one."""
    return (Port(port, Var(port_variable(name), usual), LOOPBACK),)


def port_variable(name: str) -> str:
    return f"{name.upper().replace('-', '_')}_PORT"


def _resources(process: Ready) -> dict[str, DependsOn]:
    found: dict[str, DependsOn] = {}
    for server in {server_of(resource) for resource in process.resources}:
        found |= {server: HEALTHY} | ({MAKERS[server]: DONE} if server in MAKERS else {})
    return found


def _jobs_before(compose_context: ComposeContext) -> dict[str, DependsOn]:
    return {job.name: DONE for job in compose_context.backend.jobs if job.runs == "before" and not job.is_scheduled}


def _callees(compose_context: ComposeContext, process: ModelService[str]) -> dict[str, DependsOn]:
    """Wait for the callees, except in a cycle, where the services start without each other."""
    cycle = compose_context.dependency_cycles[process.name]
    callees = compose_context.callees[process.name]
    return healthy(compose_context, (each for each in callees if compose_context.dependency_cycles[each] != cycle))


def healthy(compose_context: ComposeContext, names: Iterable[str]) -> dict[str, DependsOn]:
    """Wait for services, and for the proxies through which they are reached."""
    return {name: HEALTHY for each in names for name in (each, compose_context.front(each))}


def _own_proxy(compose_context: ComposeContext, process: Ready) -> dict[str, DependsOn]:
    """A program that calls others waits for the proxy through which it does."""
    sidecar = compose_context.sidecars.get(process.name)
    return {sidecar.name: HEALTHY} if sidecar and compose_context.callees[process.name] else {}
