"""Backend → Compose files: a base, an overlay for each environment, and examples of the env files that they read."""

from collections.abc import Iterator, Mapping, Sequence

from stead.gateway.proxy.program import is_proxied
from stead.gateway.proxy.sidecar import names as proxy_names
from stead.model import AnyService, Backend, Problem
from stead.render import checker, yaml
from stead.render.compose import bucket, egress, example, external_servers, job_waiter, proxy
from stead.render.compose.context import FOLDER, ComposeContext, agent_of
from stead.render.compose.file import ALONE, compose_file
from stead.render.compose.order import reduced
from stead.render.compose.overlay import split
from stead.render.compose.report import KEEPS
from stead.render.compose.scheduled import can_keep
from stead.render.compose.serialization import plain
from stead.render.compose.spec import ComposeFile, ComposeService
from stead.render.compose.store import PORTS
from stead.render.context import MAKERS
from stead.render.docker.image_kind import kind_of
from stead.render.edit import edited
from stead.render.environment_alias import short

__all__ = ["EDITABLE", "KEEPS", "ComposeFile", "ComposeService", "files", "problems"]

EDITABLE = (ComposeFile,)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the Compose files and the examples of env files, by path below `deploy/`."""
    merged = {each.name: reduced(edited(backend, compose_file(backend, each))) for each in backend.environments}
    base, overlays = split({name: plain(file) for name, file in merged.items()}, backend.name)
    found = {f"{FOLDER}/{checker.DCLINT}": checker.TEXTS[checker.DCLINT], f"{FOLDER}/compose.yaml": yaml.written(base)}
    for environment in backend.environments:
        found[f"{FOLDER}/compose.{short(environment.name)}.yaml"] = yaml.written(overlays[environment.name])
    found |= {f"{FOLDER}/{name}": text for name, text in example.files(backend).items()}
    if servers := _servers(backend):
        opened = {name for each in backend.environments for name in _to_servers(ComposeContext(backend, each))}
        overlay = external_servers.overlay(base, overlays, servers, opened)
        found[f"{FOLDER}/{external_servers.FILE}"] = yaml.written(overlay)
    if any(bucket.NAME in ComposeContext(backend, each).servers for each in backend.environments):
        found[f"{FOLDER}/{bucket.FILE}"] = yaml.written(bucket.configuration())
    return found | {f"{FOLDER}/.gitignore": "/.env*\n!/.env*.example\n/secrets/\n"}


def _servers(backend: Backend) -> frozenset[str]:
    """Return the services that may be external: the servers of all environments, and their provisioners."""
    named = {server for each in backend.environments for server in ComposeContext(backend, each).servers}
    makers = {MAKERS[server] for server in named if server in MAKERS}
    return frozenset(named | makers | ({bucket.STORE} if bucket.NAME in named else set()))


def _to_servers(context: ComposeContext) -> Iterator[str]:
    """Yield the networks by which closed programs reach servers that are elsewhere."""
    for process in context.services:
        if process.resources and egress.is_closed(process):
            yield proxy.network_of(process.name) if process.name in context.sidecars else f"{ALONE}-{process.name}"


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the promises that Compose cannot keep."""
    return [*_names(backend), *_probes(backend), *_environments(backend), *_schedules(backend)]


def _schedules(backend: Backend) -> Iterator[Problem]:
    for job in backend.jobs:
        if job.is_scheduled and not can_keep(job):
            message = f"Compose cannot run {job.name} by cron: only a Python function, or a command by an interval"
            yield Problem("COMPOSE004", message, job.where, "write every= in place of cron=, or entry= for the command")


def _names(backend: Backend) -> Iterator[Problem]:
    taken = {
        *PORTS,
        *MAKERS.values(),
        bucket.STORE,
        job_waiter.NAME,
        *([agent_of(backend.gateway)] if backend.gateway else ()),
        *(name for program in filter(is_proxied, backend.processes) for name in proxy_names(program.name)),
        *(way.name for service in backend.services for way in egress.exits(service)),
    }
    for process in backend.processes:
        if process.name in taken:
            message = f"in Compose the name {process.name} belongs to a server or a helper of the backend"
            yield Problem("COMPOSE001", message, process.where, "rename the process")


def _probes(backend: Backend) -> Iterator[Problem]:
    services: tuple[AnyService, ...] = tuple(backend.services)
    for service in services:
        has_own_probe = service.health.probe or (service.build_spec and service.command)
        if kind_of(service) in ("image", "build") and not has_own_probe and not (service.is_worker and service.build):
            message = f"no health check is known for the image of {service.name}"
            mend = "declare it: Health(probe=('wget', '-q', '-O-', 'http://127.0.0.1:8000/health'))"
            yield Problem("COMPOSE002", message, service.where, mend)


def _environments(backend: Backend) -> Iterator[Problem]:
    first_with: dict[str, str] = {}
    for environment in backend.environments:
        first = first_with.setdefault(short(environment.name), environment.name)
        if first != environment.name:
            message = f"the files of {environment.name} would have the same names as those of {first}"
            yield Problem("COMPOSE003", message, environment.where, "rename one of the two")
