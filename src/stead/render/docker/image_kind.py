"""The kinds of images, by the runtime of a process."""

import posixpath
from collections.abc import Iterator
from typing import Literal

from stead.gateway.proxy.program import is_proxied
from stead.model import AnyService, Backend, Gateway, Job, Service
from stead.render.docker.shell_line import is_shell_line, started_by

Kind = Literal[
    "python", "node", "java", "go", "dotnet", "ruby", "php", "rust", "program", "unknown", "image", "build"
]  # fmt: skip
PROGRAMS: dict[str, Kind] = {
    **dict.fromkeys(("python", "python3", "uvicorn", "gunicorn", "celery", "granian", "hypercorn", "flask"), "python"),
    **dict.fromkeys(("fastapi", "django-admin", "daphne", "waitress-serve", "arq", "rq", "dramatiq"), "python"),
    **dict.fromkeys(("node", "npm", "npx", "yarn", "pnpm", "tsx", "bun", "bunx", "next", "ts-node"), "node"),
    **dict.fromkeys(("java", "gradlew", "mvnw", "gradle", "mvn"), "java"),
    **dict.fromkeys(("ruby", "bundle", "rails", "puma", "rackup", "rake", "sidekiq"), "ruby"),
    **dict.fromkeys(("php", "composer"), "php"),
    "go": "go",
    "dotnet": "dotnet",
    "cargo": "rust",
    **dict.fromkeys(("sh", "bash", "dash", "perl"), "program"),  # Debian has them
}
PYTHON = "python"  # the one image of everything in Python: the shelf, the backend's own, the agents beside an Envoy
PORT = 8000
USER = "10001:10001"


def kind_of(process: AnyService | Job) -> Kind:
    """Return the runtime of a process; a command without a known runtime is `unknown`, unless it is a path."""
    if process.image:
        return "image"
    if process.build:
        return "build"
    return kind_of_command(tuple(process.command)) if process.command else "python"


def kind_of_command(command: tuple[str, ...]) -> Kind:
    """Return the runtime of a command: `./gradlew` has a known name, another path is a program of the project.

    For a shell's line it is the runtime of the program that the line starts last.
    """
    first = started_by(command)[0]
    known = PROGRAMS.get(posixpath.basename(first))
    if known:
        return known
    return "program" if "/" in first or is_shell_line(command) else "unknown"


def kind_inside(service: AnyService) -> Kind:
    """Return the programs that a probe can use in the container: of a build, the program of its command."""
    return kind_of_command(tuple(service.command)) if service.build and service.command else kind_of(service)


def port_of(process: AnyService | Job | Gateway) -> int:
    """Return where a process listens in its container: on the usual port, unless it has one of its own."""
    return process.port if isinstance(process, Service) and isinstance(process.port, int) else PORT


def image_of(process: AnyService | Job) -> str:
    """Return the name of the image that is built for a process; apps and functions in Python share one."""
    return PYTHON if kind_of(process) == "python" and not process.command else process.name


def built(backend: Backend) -> dict[str, AnyService | Job]:
    """Return the images to build, by name, each with a process that runs in it; the Python one's may be any."""
    return {image_of(process): process for process in _built(backend)}


def needs_project(backend: Backend) -> bool:
    """Return whether the Python image has code of the project's own; static files need Stead alone."""
    inside = (process for process in _built(backend) if image_of(process) == PYTHON)
    return any(isinstance(process, Job) or not process.static for process in inside)


def needs_python(backend: Backend) -> bool:
    """Return whether there is a Python image: for services, an Envoy's agent, or provisioners."""
    resources = any(process.resources for process in _processes(backend))
    proxied = any(map(is_proxied, _processes(backend)))
    return PYTHON in built(backend) or backend.gateway is not None or resources or proxied


def _built(backend: Backend) -> list[AnyService | Job]:
    """Return the processes with an image; a Worker needs none."""
    own = (process for process in _processes(backend) if isinstance(process, Job) or not process.worker)
    return [process for process in own if kind_of(process) != "image"]


def _processes(backend: Backend) -> Iterator[AnyService | Job]:
    yield from backend.services
    yield from backend.jobs


def repository(backend: Backend, name: str) -> str:
    """Return where an image of the backend's is pushed to, without tag and digest: `ghcr.io/example/shop-python`."""
    return "/".join(part for part in (backend.registry.rstrip("/"), f"{backend.name}-{name}") if part)


def inside(backend: Backend, folder: str) -> str:
    """Return a folder, relative to the backend.py, as the project sees it; `..` at its start is outside of it."""
    return posixpath.normpath(posixpath.join(backend.folder, folder))


def root(backend: Backend) -> str:
    """Return the project's folder, relative to the backend.py."""
    return posixpath.relpath(".", posixpath.normpath(backend.folder))
