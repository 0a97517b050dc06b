"""Python programs that are started by a command: the nearest lock file is installed."""

import posixpath
from collections.abc import Iterator

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, Env, From, Instruction, Mount, Run, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

FILES = ("uv.lock", "poetry.lock", "requirements.txt")
MANIFESTS = ("pyproject.toml", "README.md", "LICENSE", "setup.py", "setup.cfg")
PIP = "uv venv /venv && uv pip install --requirement requirements.txt"
POETRY = "uv venv /venv && uvx --from poetry==2.2.1 poetry install --only main --no-interaction"
INSTALLS = {
    "uv.lock": "uv sync --locked --no-dev --no-editable",
    "poetry.lock": POETRY,
    "requirements.txt": PIP,
}
UV = {
    "UV_COMPILE_BYTECODE": "1",
    "UV_LINK_MODE": "copy",
    "UV_PROJECT_ENVIRONMENT": "/venv",
    "UV_PYTHON_DOWNLOADS": "never",
    "VIRTUAL_ENV": "/venv",
}
RUN = {"PATH": "/venv/bin:$PATH", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
BARE = ("python", "python3")  # modules that need no installation


def instructions(program: Program) -> tuple[Instruction, ...]:
    found = program.project.find_up(program.folder, *FILES)
    if found is None:
        return (
            *bases(pin.PYTHON),
            From(f"${{{pin.PYTHON.name}}}"),
            *labels(),
            Env({name: RUN[name] for name in RUN if name != "PATH"}),
            Workdir("/app"),
            Copy(f"{program.folder}/", "/app/"),
            *ending(probe_command("python", program.health, program.port), program.command),
        )
    top, name = found
    place = posixpath.normpath(posixpath.join("/app", posixpath.relpath(program.folder, top)))
    return (
        *bases(pin.UV, pin.PYTHON),
        From(f"${{{pin.UV.name}}}", "uv"),
        From(f"${{{pin.PYTHON.name}}}", "build"),
        Env(UV),
        Workdir("/app"),
        Copy("/uv", "/usr/local/bin/uv", "uv"),
        *((Copy("/uvx", "/usr/local/bin/uvx", "uv"),) if name == "poetry.lock" else ()),
        Copy(f"{top}/", "./"),
        Run(INSTALLS[name], (Mount("cache", "/root/.cache/uv"),)),
        From(f"${{{pin.PYTHON.name}}}"),
        *labels(),
        Env(RUN),
        Workdir(place),
        Copy("/venv", "/venv", "build"),
        Copy(f"{top}/", "/app/"),
        *ending(probe_command("python", program.health, program.port), program.command),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    if program.starts not in BARE and program.project.find_up(program.folder, *FILES) is None:
        where = posixpath.normpath(posixpath.join(program.folder, "requirements.txt"))
        yield ImageProblem(
            f"{program.name} starts by {program.starts}, but no {', '.join(FILES)} installs it",
            f"write {where}, commit a lock file, or set build= to the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    found = program.project.find_up(program.folder, *FILES)
    top = found[0] if found else program.folder
    if top != ".":
        return (top,)
    names = tuple(name for name in (*FILES, *MANIFESTS) if program.project.has(name))
    return (*names, "src", *(("**/*.py",) if program.folder == "." else (program.folder,)))
