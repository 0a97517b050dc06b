"""Kinds of images: what a process of the description runs in."""

import posixpath
from typing import Literal

from stead.model import AnyService, Backend, Job

Kind = Literal["python", "node", "java", "go", "program", "image"]
PROGRAMS: dict[str, Kind] = {
    **dict.fromkeys(("python", "python3", "uvicorn", "gunicorn", "celery", "granian", "hypercorn"), "python"),
    **dict.fromkeys(("node", "npm", "npx", "yarn", "pnpm", "tsx"), "node"),
    "java": "java",
    "go": "go",
}
PYTHON = "python"  # the one image of everything in Python: the shelf, the backend's own, the gateway's agent
PORT = 8000
USER = "10001:10001"


def kind_of(process: AnyService | Job) -> Kind:
    """Tell what a process runs in; a program that is not known is copied into a bare Debian."""
    if process.image:
        return "image"
    return PROGRAMS.get(process.command[0], "program") if process.command else "python"


def image_of(process: AnyService | Job) -> str:
    """Return the name of the image that is built for a process; processes in Python share one."""
    return PYTHON if kind_of(process) == "python" else process.name


def built(backend: Backend) -> dict[str, AnyService | Job]:
    """Return the images to build, by name, each with a process that runs in it; the Python one's may be any."""
    processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    own = [process for process in processes if isinstance(process, Job) or not process.worker]  # a Worker needs none
    return {image_of(process): process for process in own if kind_of(process) != "image"}


def needs_python(backend: Backend) -> bool:
    """Tell whether there is a Python image: for services, for the gateway's agent, or for what makes databases."""
    processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    resources = any(process.needs for process in processes)
    return PYTHON in built(backend) or backend.gateway is not None or resources


def repository(backend: Backend, name: str) -> str:
    """Return where an image of the backend's is pushed to, without tag and digest: `ghcr.io/example/shop-python`."""
    return "/".join(part for part in (backend.registry.rstrip("/"), f"{backend.name}-{name}") if part)


def inside(backend: Backend, folder: str) -> str:
    """Return a folder, relative to the backend.py, as the project sees it; `..` at its start is outside of it."""
    return posixpath.normpath(posixpath.join(backend.folder, folder))


def root(backend: Backend) -> str:
    """Return the project's folder, relative to the backend.py."""
    return posixpath.relpath(".", posixpath.normpath(backend.folder))
