"""Backend → Dockerfiles, each with an allow-list of what its build may see."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from stead.model import AnyService, Backend, Job, Problem
from stead.render import checker
from stead.render.docker import images
from stead.render.docker.dockerfile import Dockerfile, written
from stead.render.docker.image_kind import PYTHON, built, inside, kind_of, needs_python
from stead.render.docker.project import Project
from stead.render.docker.report import KEEPS
from stead.render.edit import edited

__all__ = ["EDITABLE", "KEEPS", "Dockerfile", "dockerfiles", "files", "problems"]

EDITABLE = (Dockerfile,)
FOLDER = "docker"


def dockerfiles(backend: Backend) -> Iterator[Dockerfile]:
    """Yield every Dockerfile before the description's edits: other targets read names and arguments from it."""
    if needs_python(backend):
        yield images.python(backend)
    for process in _commands(backend):
        if kind_of(process) != "unknown":
            yield images.other(backend, process)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the Dockerfiles and their .dockerignore files, by path below `deploy/`."""
    text = checker.TEXTS[checker.CHECKOV]  # it is read from the folder that is checked, not from a folder above
    found = {checker.CHECKOV: text, f"{FOLDER}/{checker.CHECKOV}": text}
    for made in dockerfiles(backend):
        file = edited(backend, made)
        path = f"{FOLDER}/{file.name}.Dockerfile"
        found[path] = written(file)
        found[f"{path}.dockerignore"] = "".join(f"{line}\n" for line in file.ignore)
    return found


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the processes for which no image can be built."""
    outside = [process for process in built(backend).values() if inside(backend, _folder(process)).startswith("..")]
    found = [
        Problem(
            "DOCKER001",
            f"{process.name} runs in {_folder(process)}, outside of the project",
            process.where,
            "set Backend(folder=…) to the path of this folder in its project, or move the program",
        )
        for process in outside
    ]
    for process in _commands(backend):
        found += images.problems(backend, process) if process not in outside else ()
    return [*found, *(each for process in built(backend).values() for each in _of_build(backend, process))]


def _of_build(backend: Backend, process: AnyService | Job) -> Iterator[Problem]:
    """Yield the Dockerfile that a build names and that is not there."""
    build = process.build_spec
    if build is None or inside(backend, _folder(process)).startswith(".."):
        return
    path = posixpath.normpath(posixpath.join(inside(backend, str(build.context)), build.dockerfile))
    if not Project.of(backend).has(path):
        message = f"the build of {process.name} needs {path}, which does not exist"
        yield Problem(
            "DOCKER004", message, build.where, "create the Dockerfile, or fix build=Build(context, dockerfile)"
        )


def _commands(backend: Backend) -> list[AnyService | Job]:
    """Return the processes with a rendered Dockerfile, sorted by name."""
    named = sorted(built(backend).items())
    return [process for name, process in named if name != PYTHON and kind_of(process) != "build"]


def _folder(process: AnyService | Job) -> str:
    return str(process.build_spec.context) if process.build_spec else str(process.folder)
