"""The image of a container behind a Worker: a Dockerfile that starts one service without arguments.

On other targets several services share an image, with different arguments. Cloudflare's `start` accepts an
`entrypoint`, which replaces an image's ENTRYPOINT there, but its CMD in `wrangler dev`; an image without arguments
behaves the same in both.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from stead.model import AnyService, Backend, Problem
from stead.model.build import Build
from stead.render.docker import dockerfiles
from stead.render.docker.dockerfile import Dockerfile, Entrypoint, Instruction
from stead.render.docker.dockerfile import written as text_of
from stead.render.docker.image_kind import image_of, root
from stead.render.edit import edited

NAME = "Dockerfile"
SERVE = "stead.kit.serve"
UP = "../../.."  # from a Worker's folder below deploy/ to the backend.py


@dataclass(frozen=True, slots=True)
class ContainerImage:
    """What wrangler builds: a Dockerfile and its context, relative to the configuration, and how many may run."""

    image: str
    build_context: str
    instances: int
    variables: dict[str, str] = field(default_factory=dict)


def container_image(service: AnyService, backend: Backend, instances: int) -> ContainerImage:
    """Return the image of a service: the rendered Dockerfile, or that of its own build."""
    build = service.build_spec
    if build is None:
        return ContainerImage(NAME, posixpath.normpath(f"{UP}/{root(backend)}"), instances)
    context = posixpath.normpath(f"{UP}/{build.context}")
    return ContainerImage(posixpath.join(context, build.dockerfile), context, instances, dict(build.args))


def image_files(service: AnyService, backend: Backend) -> dict[str, str]:
    """Return the Dockerfile of a service, and what its build may see; nothing for a build of the project's own."""
    if service.build_spec:
        return {}
    shared = next(each for each in dockerfiles(backend) if each.name == image_of(service))
    made = started(edited(backend, shared), service)
    return {NAME: text_of(made), f"{NAME}.dockerignore": "".join(f"{line}\n" for line in made.ignore)}


def started(image: Dockerfile, service: AnyService) -> Dockerfile:
    """Return an image that starts one service."""
    words = (SERVE, service.app) if service.app else tuple(service.args)

    def with_start(instruction: Instruction) -> Instruction:
        return Entrypoint((*instruction.words, *words)) if isinstance(instruction, Entrypoint) else instruction

    return replace(image, name=service.name, instructions=tuple(map(with_start, image.instructions)))


def image_problems(service: AnyService, environment: str) -> Iterator[Problem]:
    """Yield the options of a project's own build that wrangler does not support."""
    build: Build | None = service.build_spec
    if build is None:
        return
    for what, value in (("a stage of its Dockerfile", build.target), ("arguments at its start", service.args)):
        if value:
            message = f"the container of {service.name} in {environment} needs {what}, which wrangler does not support"
            yield Problem("WORKERS006", message, build.where, "give it a Dockerfile that needs neither")
