"""Folders of source: by their manifests, what they are written in and how they are started."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.adopt.environment import label
from stead.adopt.found import Found, Part
from stead.check.facts.toml import LARGEST

FRONTEND = re.compile(r'"(?:react|react-dom|vue|svelte|@angular/core|next|nuxt|vite|astro|solid-js)"\s*:')
LOCKS = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "package-lock.json": "npm"}
STARTS = ("start", "start:prod", "serve", "dev")
SPRING = re.compile(r"org\.springframework\.boot['\"]\)?(?![^\n]{0,80}apply false)")
INCLUDE = re.compile(r"rootProject\.name\s*=\s*['\"]([\w.-]+)['\"]")
MODULE = re.compile(r"(?m)^module\s+(\S+)")
KIND = "manifests of packages"


def read(found: Found) -> None:
    """Add each folder that can be started, and what the whole is called."""
    for name, reader in READERS.items():
        for path in found.named(name):
            text = found.tree.text(path)
            part = reader(found, path, text) if text else None
            if part is not None and part.folder != ".":
                found.add([part], KIND)
    for path in found.named("settings.gradle", "settings.gradle.kts"):
        found.titles += INCLUDE.findall(found.tree.text(path) or "")[:1] if path.parent == found.root else []


def _node(found: Found, path: Path, text: str) -> Part | None:
    said = _json(text)
    if path.parent == found.root and isinstance(said.get("name"), str):
        found.titles.append(said["name"].rpartition("/")[2])
    given = said.get("scripts")
    scripts = given if isinstance(given, dict) else {}
    start = next((name for name in STARTS if name in scripts), "")
    if start and FRONTEND.search(text):
        found.skipped[label(path.parent.name)] = "it is a frontend"
    if not start or FRONTEND.search(text):
        return None
    runner = _runner(found, path.parent)
    told = (runner, start) if start == "start" and runner != "bun" else (runner, "run", start)
    return Part(path.parent.name, found.name(path), "folder", folder=found.folder(path.parent), command=told,
                why=f"its package.json has the script {start}: {scripts[start]}")  # fmt: skip


def _runner(found: Found, folder: Path) -> str:
    """Return the package manager by the lock file that is nearest above."""
    for above in (folder, *folder.parents):
        for lock, runner in LOCKS.items():
            if above / lock in found.tree.known:
                return runner
        if above == found.root:
            break
    return "npm"


def _json(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _gradle(found: Found, path: Path, text: str) -> Part | None:
    if not SPRING.search(text):
        return None
    wrapper = found.root / "gradlew"
    up = "/".join([".."] * len(path.parent.relative_to(found.root).parts))
    command = (f"{up}/gradlew" if wrapper in found.tree.known else "gradle", "bootRun")
    return Part(path.parent.name, found.name(path), "folder", folder=found.folder(path.parent), command=command,
                why=f"{path.name} has Spring Boot")  # fmt: skip


def _maven(found: Found, path: Path, text: str) -> Part | None:
    if "spring-boot-maven-plugin" not in text:
        return None
    return Part(path.parent.name, found.name(path), "folder", folder=found.folder(path.parent),
                command=("mvn", "spring-boot:run"), why="its pom.xml has Spring Boot")  # fmt: skip


def _go(found: Found, path: Path, text: str) -> Part | None:
    folder = path.parent
    mains = [file for file in found.tree.below(folder) if file.name == "main.go"]
    place = next((file.parent for file in sorted(mains, key=lambda file: len(file.parts))), None)
    if place is None or not MODULE.search(text):
        return None
    inner = place.relative_to(folder).as_posix()
    return Part(folder.name, found.name(path), "folder", folder=found.folder(folder),
                command=("go", "run", "." if inner == "." else f"./{inner}"), why="its main.go")  # fmt: skip


def _python(found: Found, path: Path, text: str) -> Part | None:
    try:
        said = tomllib.loads(text) if len(text) <= LARGEST else {}
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    project = said.get("project")
    project = project if isinstance(project, dict) else {}
    if path.parent == found.root and isinstance(project.get("name"), str):
        found.titles.append(project["name"])
    return next(_scripts(found, path, project), None)


def _scripts(found: Found, path: Path, project: Mapping[str, Any]) -> Iterator[Part]:
    scripts = project.get("scripts")
    for name in scripts if isinstance(scripts, dict) else ():
        yield Part(path.parent.name, found.name(path), "folder", folder=found.folder(path.parent),
                   command=("uv", "run", name), why=f"its pyproject.toml has the script {name}")  # fmt: skip


def _dotnet(found: Found, path: Path, text: str) -> Part | None:
    if not any(kind in text for kind in ("<OutputType>Exe", "Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker")):
        return None
    return Part(path.parent.name, found.name(path), "folder", folder=found.folder(path.parent),
                command=("dotnet", "run"), why=f"its {path.name}")  # fmt: skip


Reader = Callable[[Found, Path, str], Part | None]
READERS: Mapping[str, Reader] = {
    "package.json": _node,
    "build.gradle": _gradle,
    "build.gradle.kts": _gradle,
    "pom.xml": _maven,
    "go.mod": _go,
    "pyproject.toml": _python,
    "*.csproj": _dotnet,
}
