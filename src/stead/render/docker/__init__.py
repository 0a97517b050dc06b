"""Backend → Dockerfiles, each with an allow-list of what its build may see."""

from collections.abc import Iterator, Mapping, Sequence

from stead.model import Backend, Problem
from stead.render import checker
from stead.render.docker import images
from stead.render.docker.dockerfile import Dockerfile, written
from stead.render.docker.image_kind import PYTHON, built, inside, needs_python
from stead.render.docker.report import KEEPS
from stead.render.edit import edited

__all__ = ["EDITABLE", "KEEPS", "Dockerfile", "dockerfiles", "files", "problems"]

EDITABLE = (Dockerfile,)
FOLDER = "docker"


def dockerfiles(backend: Backend) -> Iterator[Dockerfile]:
    """Yield every Dockerfile before the description's edits: other targets read names and arguments from it."""
    if needs_python(backend):
        yield images.python(backend)
    for name, process in sorted(built(backend).items()):
        if name != PYTHON:
            yield images.other(backend, process)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the Dockerfiles and their .dockerignore files, by path below `deploy/`."""
    text = checker.TEXTS[checker.CHECKOV]  # it is read from the folder that is checked, and from no folder above
    found = {checker.CHECKOV: text, f"{FOLDER}/{checker.CHECKOV}": text}
    for made in dockerfiles(backend):
        file = edited(backend, made)
        path = f"{FOLDER}/{file.name}.Dockerfile"
        found[path] = written(file)
        found[f"{path}.dockerignore"] = "".join(f"{line}\n" for line in file.ignore)
    return found


def problems(backend: Backend) -> Sequence[Problem]:
    """Return what no image can be built of."""
    return [
        Problem(
            "DOCKER001",
            f"{process.name} runs in {process.folder}, outside of the project",
            process.where,
            "say Backend(folder=…), the folder of backend.py as its project sees it, or move the program",
        )
        for process in built(backend).values()
        if inside(backend, str(process.folder)).startswith("..")
    ]
