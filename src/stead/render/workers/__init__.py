"""Backend → Cloudflare Workers: a configuration of wrangler and an entry for each process, and the order of deploys.

Only for a backend of which some environment is deployed there: `Environment("staging", workers=Workers())`.
"""

from collections.abc import Iterator, Mapping, Sequence

from stead.gateway.proxy.program import is_program
from stead.model import Backend, Gateway, Problem
from stead.render.edit import edited
from stead.render.workers import example
from stead.render.workers.config import WranglerConfig, WranglerEnvironment, wrangler_config
from stead.render.workers.container_image import image_files, image_problems
from stead.render.workers.context import FOLDER, Deployed, WorkersContext, contexts
from stead.render.workers.entry import entry, runtime
from stead.render.workers.order import plan
from stead.render.workers.report import KEEPS
from stead.render.workers.serialization import to_json, written

__all__ = ["EDITABLE", "KEEPS", "MISSING", "WranglerConfig", "WranglerEnvironment", "files", "is_wanted", "problems"]

EDITABLE = (WranglerConfig,)
MISSING = ("no environment is deployed to Workers", "give an environment workers=Workers(…)")
IGNORED = ".wrangler/\n.dev.vars*\n!.dev.vars*.example\n.env.*\n!.env.*.example\n"


def is_wanted(backend: Backend) -> bool:
    """Return whether an environment is deployed to Workers."""
    return bool(contexts(backend))


def files(backend: Backend) -> Mapping[str, str]:
    """Return every file of the target, by path below `deploy/`."""
    workers_contexts = contexts(backend)
    if not workers_contexts:
        return {}
    found = {
        ".gitignore": IGNORED,
        "deployment.json": to_json({each.environment.name: plan(each) for each in workers_contexts}),
    }
    for process in _processes(workers_contexts):
        found |= {f"{process.name}/{name}": text for name, text in _of_process(process, workers_contexts)}
    kinds = {context.kind_of(process) for context in workers_contexts for process in context.processes}
    found |= runtime(set(kinds))
    found |= {f".env.{each.environment.name}.example": example.of_deploy(each) for each in workers_contexts}
    return {f"{FOLDER}/{name}": text for name, text in found.items()}


def _of_process(process: Deployed, workers_contexts: tuple[WorkersContext, ...]) -> Iterator[tuple[str, str]]:
    here = [context for context in workers_contexts if process in context.processes]
    yield "wrangler.jsonc", written(edited(here[0].backend, wrangler_config(process, workers_contexts)))
    yield "index.js", entry(process, here[0])
    if not isinstance(process, Gateway) and here[0].kind_of(process) == "container":
        yield from image_files(process, here[0].backend).items()
    for context in here:
        yield f".dev.vars.{context.environment.name}.example", example.of_dev(process, context)


def _processes(workers_contexts: tuple[WorkersContext, ...]) -> list[Deployed]:
    return list({process.name: process for context in workers_contexts for process in context.processes}.values())


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the promises that Workers cannot keep, such as jobs, which do not exist there."""
    return [*_jobs(backend), *_names(backend), *_sources(backend), *_traffic(backend), *_containers(backend)]


def _jobs(backend: Backend) -> Iterator[Problem]:
    for context in contexts(backend)[:1]:
        for job in backend.jobs:
            message = f"the job {job.name} cannot run in {context.environment.name}, which is on Workers"
            mend = "deploy that environment to another target, or run the job from the pipeline and remove it here"
            yield Problem("WORKERS001", message, job.where, mend, context.workers.where)


def _traffic(backend: Backend) -> Iterator[Problem]:
    """The gateway's Worker passes on requests and answers; sockets, streams, larger bodies were never tried there."""
    for context in contexts(backend)[:1]:
        for process in context.processes:
            for route in getattr(process, "routes", ()):
                if route.websocket or route.streams or route.grpc or route.body is not None:
                    message = f"{route} of {process.name} is more than a request and a response"
                    mend = "deploy that environment to another target, or remove body, streams, grpc and websocket"
                    yield Problem("WORKERS004", message, route.where, mend, context.workers.where)


def _containers(backend: Backend) -> Iterator[Problem]:
    """A program in a container has no proxy there, so nothing could sign its calls."""
    for context in contexts(backend)[:1]:
        for service in backend.services:
            if service not in context.processes or context.kind_of(service) != "container":
                continue
            yield from image_problems(service, context.environment.name)
            if is_program(service) and context.callees(service):
                callees = ", ".join(sorted(each.name for each in context.callees(service).values()))
                message = f"{service.name} calls {callees}, but a program in a container has no service token there"
                mend = f"name a Worker that replaces it: sources={{{service.name.replace('-', '_')}: …}}"
                yield Problem("WORKERS005", message, service.where, mend, context.workers.where)


def _names(backend: Backend) -> Iterator[Problem]:
    for process in backend.processes if contexts(backend) else ():
        if process.name == "runtime":
            message = "in deploy/workers the folder runtime has the shared code of all Workers"
            yield Problem("WORKERS002", message, process.where, "rename the process")


def _sources(backend: Backend) -> Iterator[Problem]:
    """A process has one entry, so that it is the same thing in every environment on Workers."""
    workers_contexts = contexts(backend)
    for process in _processes(workers_contexts):
        here = [context for context in workers_contexts if process in context.processes]
        for context in here[1:]:
            if entry(process, context) != entry(process, here[0]):
                first, second = here[0].environment.name, context.environment.name
                message = f"{process.name} would be one Worker in {first} and another in {second}"
                mend = "give both environments the same sources, replicas and services"
                yield Problem("WORKERS003", message, context.workers.where, mend, here[0].workers.where)
