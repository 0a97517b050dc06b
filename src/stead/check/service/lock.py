"""Lock files: what a service is made of is the same on every machine."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

LOCKS = {
    "package.json": (
        "pnpm-lock.yaml",
        "package-lock.json",
        "yarn.lock",
        "bun.lock",
        "bun.lockb",
        "npm-shrinkwrap.json",
    ),
    "pyproject.toml": ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.txt", "requirements.lock"),
    "go.mod": ("go.sum",),
    "Cargo.toml": ("Cargo.lock",),
    "Gemfile": ("Gemfile.lock",),
    "composer.json": ("composer.lock",),
    "mix.exs": ("mix.lock",),
}
MAKES = {
    "package.json": "npm install --package-lock-only",
    "pyproject.toml": "uv lock",
    "go.mod": "go mod tidy",
    "Cargo.toml": "cargo generate-lockfile",
    "Gemfile": "bundle lock",
    "composer.json": "composer update --no-install",
    "mix.exs": "mix deps.get",
}
MANAGERS = {
    "pnpm": "pnpm install --lockfile-only",
    "yarn": "yarn install",
    "bun": "bun install --lockfile-only",
    "npm": MAKES["package.json"],
}
MANAGER = re.compile(r'"packageManager"\s*:\s*"(\w+)@')


@rule("SERVICE017")
def dependencies_are_locked(context: Context) -> Iterator[Problem]:
    """A service whose manifest names dependencies has a lock file, in its folder or in one above.

    Without one, each machine may resolve other versions: the tested versions differ from the deployed ones, and a build
    is not reproducible. An ignored lock file counts as none. A manifest without dependencies needs none.
    """
    for process in context.runs:
        folder = context.folders[process.name]
        for file in _unlocked(context, folder) if folder else ():
            message = f"the dependencies of {process.name} are not locked: there is no lock file"
            mend = f"{_makes(context, file)}, in {file.parent.relative_to(context.root)}"
            yield Problem("SERVICE017", message, SourceLocation(str(file), 1, 1), mend, process.where)


def _makes(context: Context, manifest: Path) -> str:
    """Return the command that makes a lock file, by the package manager that the repository has."""
    if manifest.name != "package.json":
        return MAKES[manifest.name]
    for folder in manifest.parents:
        manager = MANAGER.search(context.tree.text(folder / "package.json") or "")
        if manager and manager[1] in MANAGERS:
            return MANAGERS[manager[1]]
        if folder == context.root:
            break
    kinds = {"pnpm-workspace.yaml": "pnpm", "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun"}
    return MANAGERS[next((kinds[name] for name in kinds if any(context.tree.named(name))), "npm")]


def is_locked(context: Context, folder: Path, manifest: str) -> bool:
    """Return whether a folder, or one above, has a lock file for such a manifest."""
    return _is_locked(context, folder / manifest, LOCKS[manifest])


def _unlocked(context: Context, folder: Path) -> Iterator[Path]:
    for manifest, locks in LOCKS.items():
        file = folder / manifest
        known = file in context.tree.known
        if (
            known
            and not _is_locked(context, file, locks)
            and _has_dependencies(manifest, context.tree.text(file) or "")
        ):
            yield file


def _is_locked(context: Context, manifest: Path, locks: tuple[str, ...]) -> bool:
    for folder in manifest.parents:
        inside = folder.is_relative_to(context.root)
        for name in locks:
            if (folder / name in context.tree.known) if inside else (folder / name).is_file():
                return True
        if (folder / ".git").exists():
            return False
    return False


def _has_dependencies(manifest: str, text: str) -> bool:
    """Return whether a manifest names any; one that cannot be read is not judged here."""
    try:
        match manifest:
            case "package.json" | "composer.json":
                data = json.loads(text)
                return any(data.get(name) for name in ("dependencies", "devDependencies", "require"))
            case "pyproject.toml" | "Cargo.toml":
                return _toml_has_dependencies(tomllib.loads(text))
            case "go.mod":
                return re.search(r"(?m)^require\b", text) is not None
            case "Gemfile":
                return re.search(r"(?m)^[ \t]*gem\b", text) is not None
    except (ValueError, RecursionError, AttributeError):
        return False
    return True


def _toml_has_dependencies(data: dict[str, Any]) -> bool:
    project = data.get("project", {}).get("dependencies")
    poetry = data.get("tool", {}).get("poetry", {}).get("dependencies", {})
    return bool(project or data.get("dependencies") or set(poetry) - {"python"})


RULES = (dependencies_are_locked,)
