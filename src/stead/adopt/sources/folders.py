"""Folders of source: by their manifests, what they are written in and how they are started."""

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.adopt.environment import label
from stead.adopt.evidence import Evidence, RoutePart
from stead.check.facts.toml import LARGEST
from stead.check.source import SERVES

FRONTEND = re.compile(r'"(?:react|react-dom|vue|svelte|@angular/core|next|nuxt|astro|solid-js)"\s*:')
BUNDLER = re.compile(r"vite(?:\s|$)")  # as a script: it may bundle a server, and does not start one
LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "pnpm-workspace.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "package-lock.json": "npm",
}
GENERIC = frozenset({"src", "app", "source", "code"})  # the folder above has the name
STARTS = ("start", "start:prod", "serve", "dev")
SERVERS = ("server.js", "server.mjs", "index.js", "index.mjs", "app.js", "main.js")
MAINS = ("Application.java", "Application.kt")
SPRING = re.compile(r"org\.springframework\.boot['\"]\)?(?![^\n]{0,80}apply false)")
INCLUDE = re.compile(r"rootProject\.name\s*=\s*['\"]([\w.-]+)['\"]")
MODULE = re.compile(r"(?m)^module\s+(\S+)")
INNER = re.compile(r"<(?:dependencies|dependencyManagement|build|profiles)>")  # what has names of its own
NAMED = re.compile(r"<(artifactId|version)>([^<]*)</")
FINAL = re.compile(r"<finalName>([^<]*)</")
MAIN = "<mainClass>"
NO_SERVICE = {
    "Aspire.AppHost": "it starts the other services on a laptop, as stead up does",
    "<UseMaui>true": "it is an app for devices",
    "IsTestProject>true": "only tests have it",
    "Microsoft.NET.Test.Sdk": "only tests have it",
}
KIND = "manifests of packages"


def read(found: Evidence) -> None:
    """Add each folder that can be started, and what the whole is called."""
    for name, reader in READERS.items():
        for path in found.named(name):
            text = found.tree.text(path)
            parts = list(reader(found, path, text)) if text else []
            found.add([part for part in parts if part.folder != "." or _is_the_top_one(found, text or "")], KIND)
    for path in found.named("settings.gradle", "settings.gradle.kts"):
        found.titles += INCLUDE.findall(found.tree.text(path) or "")[:1] if path.parent == found.root else []


def _is_the_top_one(found: Evidence, text: str) -> bool:
    """Return whether the repository's own manifest is a service's: it is built from there, or there is nothing else."""
    folders = {part.folder for part in found.parts if part.folder}
    return '"workspaces"' not in text and (not folders or "." in folders)


def _node(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    data = _json(text)
    if path.parent == found.root and isinstance(data.get("name"), str):
        found.titles.append(data["name"].rpartition("/")[2])
    given = data.get("scripts")
    scripts = given if isinstance(given, dict) else {}
    start = next((name for name in STARTS if name in scripts), "")
    if start and _is_frontend(found, path, text, str(scripts[start])):
        found.skipped[label(path.parent.name)] = "it is a frontend"
    elif start:
        runner = package_manager(found, path.parent)
        command = (runner, start) if start == "start" and runner != "bun" else (runner, "run", start)
        yield _part(found, path, command, f"its package.json has the script {start}: {scripts[start]}")
    elif main := _serving(found, path.parent, data.get("main")):
        yield _part(found, path, ("node", main), f"{main} listens, and its package.json has no script that starts it")


def _serving(found: Evidence, folder: Path, main: object) -> str:
    """Return the file that is the program of a package without a script: one that listens; empty where none does."""
    names = [*([posixpath.normpath(main)] if isinstance(main, str) else []), *SERVERS]
    texts = {name: found.tree.text(folder / name) or "" for name in names if folder / name in found.tree.known}
    return next((name for name, text in texts.items() if SERVES.search(text)), "")


def _part(found: Evidence, path: Path, command: tuple[str, ...], why: str, folder: Path | None = None) -> RoutePart:
    """Return a folder with its command: that of the manifest, unless it is another one below it."""
    home = folder or path.parent
    inner = home.name in GENERIC and home.parent != found.root and home != found.root
    return RoutePart(
        home.parent.name if inner else home.name,
        found.name(path),
        "folder",
        folder=found.folder(home),
        command=command,
        why=why,
    )


def _is_frontend(found: Evidence, path: Path, text: str, script: str) -> bool:
    """Return whether a browser runs it: it has a framework, or its script is a bundler's; a Worker's is neither."""
    folder = found.folder(path.parent)
    worker = any(part.kind == "worker" and part.folder == folder for part in found.parts)
    return not worker and bool(FRONTEND.search(text) or BUNDLER.match(script))


def package_manager(found: Evidence, folder: Path) -> str:
    """Return the package manager by the lock file, or the workspace of pnpm, that is nearest above."""
    for above in (folder, *folder.parents):
        for lock, runner in LOCKS.items():
            if above / lock in found.tree.known:
                return runner
        if above == found.root:
            break
    return "npm"


def _json(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _gradle(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    if SPRING.search(text):
        wrapper = found.root / "gradlew"
        up = "/".join([".."] * len(path.parent.relative_to(found.root).parts))
        tool = f"{up}/gradlew" if wrapper in found.tree.known else "gradle"
        yield _part(found, path, (tool, "bootRun"), f"{path.name} has Spring Boot")


def _maven(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    main = any(file.name.endswith(MAINS) for file in found.tree.below(path.parent))
    if "<modules>" not in text and ("spring-boot-maven-plugin" in text or ("spring-boot-starter" in text and main)):
        yield _part(found, path, ("mvn", "spring-boot:run"), "its pom.xml has Spring Boot")
    elif "<modules>" not in text and (jar := _runnable_jar(text)):
        line = f"mvn -q -DskipTests package && exec java -jar target/{jar}.jar"
        yield _part(found, path, ("sh", "-c", line), "its pom.xml makes a jar with a main class")


def _runnable_jar(text: str) -> str:
    """Return the name of the jar that a pom.xml makes; empty where it has no main class, or no name of its own."""
    own = INNER.split(text.partition("</parent>")[2] or text, maxsplit=1)[0]
    found = {name: value.strip() for name, value in NAMED.findall(own)}
    final = FINAL.search(text)
    name = final[1].strip() if final else "-".join(found.get(key, "$") for key in ("artifactId", "version"))
    return name if MAIN in text and "$" not in name else ""


def _go(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    """Yield the module's one program, or each of several: then its own folder is what it is started in."""
    mains = (
        [file.parent for file in found.tree.below(path.parent) if file.name == "main.go"] if MODULE.search(text) else []
    )
    if len(mains) == 1 and path.parent != found.root:
        inner = mains[0].relative_to(path.parent).as_posix()
        yield _part(found, path, ("go", "run", "." if inner == "." else f"./{inner}"), "its main.go")
    elif mains:
        yield from (_part(found, path, ("go", "run", "."), "its main.go", main) for main in mains)


def _python(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    try:
        data = tomllib.loads(text) if len(text) <= LARGEST else {}
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    given = data.get("project")
    project = given if isinstance(given, dict) else {}
    if path.parent == found.root and isinstance(project.get("name"), str):
        found.titles.append(project["name"])
    scripts = project.get("scripts")
    name = next(iter(scripts), "") if isinstance(scripts, dict) else ""
    if name:
        yield _part(found, path, ("uv", "run", name), f"its pyproject.toml has the script {name}")


def _dotnet(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    left_out = next((why for mark, why in NO_SERVICE.items() if mark in text), "")
    if left_out:
        found.skipped[label(path.parent.name)] = left_out
    elif any(kind in text for kind in ("<OutputType>Exe", "Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker")):
        yield _part(found, path, ("dotnet", "run"), f"its {path.name}")


Reader = Callable[[Evidence, Path, str], Iterator[RoutePart]]
READERS: Mapping[str, Reader] = {
    "package.json": _node,
    "build.gradle": _gradle,
    "build.gradle.kts": _gradle,
    "pom.xml": _maven,
    "go.mod": _go,
    "pyproject.toml": _python,
    "*.csproj": _dotnet,
}
