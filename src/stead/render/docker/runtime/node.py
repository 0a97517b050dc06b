"""Node: the nearest lock file determines the package manager, so that a workspace has one."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, Env, From, Instruction, Mount, Run, Workdir
from stead.render.docker.image_kind import Kind
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command
from stead.render.docker.shell_line import started_by

MANIFEST = "package.json"
DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies")
SOURCES = ("package*.json", "tsconfig*.json", "*.js", "*.mjs", "*.cjs", "*.ts", "src", "lib", "dist", "public")


@dataclass(frozen=True, slots=True)
class Manager:
    """A package manager: its commands for a locked install, a script, and the removal of development packages."""

    install: str
    run: str
    prune: str
    cache: str
    base: pin.Pin = pin.NODE


NPM = Manager("npm ci", "npm run", "npm prune --omit=dev", "/root/.npm")
PNPM = Manager(
    "corepack enable && pnpm install --frozen-lockfile",
    "pnpm run",
    "CI=true pnpm prune --prod",
    "/root/.local/share/pnpm/store",
)
YARN = Manager(
    "corepack enable && yarn install --immutable",
    "yarn run",
    "yarn workspaces focus --production --all",
    "/root/.yarn/berry/cache",
)
YARN_1 = Manager(
    "corepack enable && yarn install --frozen-lockfile",
    "yarn run",
    "yarn install --frozen-lockfile --production --ignore-scripts --prefer-offline",
    "/usr/local/share/.cache/yarn",
)
BUN = Manager(
    "bun install --frozen-lockfile",
    "bun run",
    "bun install --frozen-lockfile --production",
    "/root/.bun/install/cache",
    pin.BUN,
)
LOCKS = {
    "package-lock.json": NPM,
    "npm-shrinkwrap.json": NPM,
    "pnpm-lock.yaml": PNPM,
    "yarn.lock": YARN,
    "bun.lock": BUN,
    "bun.lockb": BUN,
}
BERRY = "__metadata:"  # what the lock file of Yarn 2 and later begins with, and that of Yarn 1 does not have


def instructions(program: Program) -> tuple[Instruction, ...]:
    found = _lock(program)
    if found is None:
        return _without_dependencies(program)
    top, manager = found
    place = posixpath.normpath(posixpath.join("/app", posixpath.relpath(program.folder, top)))
    manifests = _manifests(program, top)
    return (
        *bases(manager.base),
        From(f"${{{manager.base.name}}}", "build"),
        Workdir("/app"),
        *(Copy(posixpath.normpath(posixpath.join(top, name)), "./") for name in manifests),
        *((Copy(f"{top}/", "./"),) if _is_workspace(program, top) else ()),
        Run(manager.install, (Mount("cache", manager.cache),)),
        *(() if _is_workspace(program, top) else (Copy(f"{top}/", "./"),)),
        *((Workdir(place),) if place != "/app" else ()),
        *((Run(f"{manager.run} build"),) if "build" in _scripts(program) else ()),
        *((Run(manager.prune),) if _can_prune(program, top) else ()),
        *_last(program, manager.base, place),
    )


def _without_dependencies(program: Program) -> tuple[Instruction, ...]:
    """Nothing is installed: there is no manifest, or one that names no package."""
    base = pin.BUN if program.starts in ("bun", "bunx") else pin.NODE
    building = [Run("npm run build")] if "build" in _scripts(program) else []
    return (
        *bases(base),
        From(f"${{{base.name}}}", "build"),
        Workdir("/app"),
        Copy(f"{program.folder}/", "./"),
        *building,
        *_last(program, base, "/app"),
    )


def _last(program: Program, base: pin.Pin, place: str) -> tuple[Instruction, ...]:
    path = ":".join(dict.fromkeys((f"{place}/node_modules/.bin", "/app/node_modules/.bin", "$PATH")))
    kind: Kind = "node" if base is pin.NODE else "program"
    return (
        From(f"${{{base.name}}}"),
        *labels(),
        Env({"NODE_ENV": "production", "PATH": path}),
        Workdir(place),
        Copy("/app", "/app", "build"),
        *ending(probe_command(kind, program.health, program.port), program.command),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    manifest = program.project.find_up(program.folder, MANIFEST)
    if _lock(program) is None and any(_package(program).get(kind) for kind in DEPENDENCIES):
        yield ImageProblem(
            f"{_path(program, MANIFEST)} of {program.name} has dependencies, but no lock file",
            "install once (npm, pnpm, yarn or bun) and commit the lock file, or say build=, the folder of a Dockerfile",
        )
    elif manifest is None and program.starts not in ("node", "bun", "tsx"):
        yield ImageProblem(
            f"{program.name} starts by {program.starts}, but {_path(program, MANIFEST)} does not exist",
            "fix folder=, or say build=, the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    found = _lock(program)
    top = found[0] if found else program.folder
    if top != ".":
        return (top,)
    names = [name for name in (*LOCKS, "pnpm-workspace.yaml", ".npmrc", ".yarnrc.yml") if program.project.has(name)]
    if program.folder != ".":
        return ("package.json", *names, *_workspaces(program), program.folder)
    return (*SOURCES, *(name for name in names if not name.startswith("package")), *_workspaces(program))


def _lock(program: Program) -> tuple[str, Manager] | None:
    """Return the folder of the program's lock file, and its package manager."""
    found = program.project.find_up(program.folder, *LOCKS)
    if found is None or not _is_of(program, found[0]):
        return None
    top, name = found
    classic = name == "yarn.lock" and BERRY not in program.project.text(posixpath.join(top, name))
    return top, YARN_1 if classic else LOCKS[name]


def _is_of(program: Program, top: str) -> bool:
    """Return whether a lock file covers a package: the one beside it, or one in its workspace."""
    manifest = program.project.find_up(program.folder, MANIFEST)
    declared = program.project.json(posixpath.join(top, MANIFEST)).get("workspaces")
    of_pnpm = program.project.has(posixpath.join(top, "pnpm-workspace.yaml"))
    return manifest is None or manifest[0] == top or bool(declared) or of_pnpm


def _manifests(program: Program, top: str) -> tuple[str, ...]:
    """Return the files that an install reads: copied first, so that a change of the source does not repeat it."""
    if _is_workspace(program, top):
        return ()
    names = ("package.json", *LOCKS, "pnpm-workspace.yaml", ".npmrc", ".yarnrc.yml")
    return tuple(name for name in names if program.project.has(posixpath.join(top, name)))


def _is_workspace(program: Program, top: str) -> bool:
    return program.folder != top or bool(program.project.json(posixpath.join(top, MANIFEST)).get("workspaces"))


def _workspaces(program: Program) -> tuple[str, ...]:
    """Return the folders of a workspace, as a `.dockerignore` names them: `packages/*` is in `packages`."""
    workspaces = program.project.json(MANIFEST).get("workspaces", [])
    patterns = workspaces.get("packages", []) if isinstance(workspaces, dict) else workspaces
    return tuple(dict.fromkeys(str(pattern).partition("/")[0] for pattern in patterns))


def _can_prune(program: Program, top: str) -> bool:
    """Nothing is left out of a workspace, nor where the program is started by what only its development has."""
    development = _package(program).get("devDependencies", {})
    words = started_by(program.command)
    starter = words[1] if words[0] in ("npx", "bunx") and words[1:] else words[0]
    return not _is_workspace(program, top) and starter not in development


def _scripts(program: Program) -> dict[str, str]:
    scripts = _package(program).get("scripts", {})
    return scripts if isinstance(scripts, dict) else {}


def _package(program: Program) -> dict[str, dict[str, str]]:
    return program.project.json(_path(program, MANIFEST))


def _path(program: Program, name: str) -> str:
    return posixpath.normpath(posixpath.join(program.folder, name))
