"""How a command starts: its folder, its script and its manifest are there. Programs on PATH are another machine's."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.source import Runs, entry_of
from stead.model import Problem

BUILT = frozenset({"dist", "build", "target", "out", "bin", "obj", "node_modules", ".next", ".output", ".venv", "venv"})
INTERPRETERS = re.compile(r"node|bun|deno|tsx|ts-node|python[\d.]*|uv|ruby|php|bash|sh|java|dotnet|pwsh")
SCRIPT = re.compile(r"(?!-)[\w./@-]+\.(?:py|m?js|cjs|tsx?|rb|php|sh|jar|dll|ps1)")
# Files that a tool needs in its folder or in a folder above; one of them is enough.
MANIFESTS = {
    "npm": ("package.json",),
    "pnpm": ("package.json",),
    "yarn": ("package.json",),
    "go": ("go.mod", "go.work"),
    "cargo": ("Cargo.toml",),
    "mvn": ("pom.xml",),
    "mvnw": ("pom.xml",),
    "gradle": ("build.gradle", "build.gradle.kts"),
    "gradlew": ("build.gradle", "build.gradle.kts"),
    "poetry": ("pyproject.toml",),
    "pdm": ("pyproject.toml",),
    "bundle": ("Gemfile",),
    "make": ("Makefile",),
    "mix": ("mix.exs",),
    "wrangler": ("wrangler.toml", "wrangler.json", "wrangler.jsonc"),
}
FOLDERS = frozenset({"--prefix", "--dir", "-C", "--cwd"})
RUNS = frozenset({"run", "run-script"})
USUAL = frozenset({"start", "test"})  # scripts that need no `run`


def commands(context: Context) -> Iterator[tuple[Runs, Path]]:
    """Yield each process that is a command, with its folder."""
    for process in context.runs:
        if process.command and not (process.image or entry_of(process)):
            yield process, Path(os.path.normpath(context.root / process.folder))


@rule("SERVICE013")
def folders_are_there(context: Context) -> Iterator[Problem]:
    """The folder in which a command runs exists.

    A delivery that ignores a missing folder leaves an old version deployed, and reports success. Fix `folder`, or
    restore the source.
    """
    for process, folder in commands(context):
        if not folder.is_dir():
            message = f"{process.name} runs in {process.folder}, which does not exist"
            yield Problem("SERVICE013", message, process.where, "fix folder, or restore the source")


@rule("SERVICE014")
def scripts_are_there(context: Context) -> Iterator[Problem]:
    """The script that a command names exists.

    `node src/server.js` is resolved in the service's folder. Output of a build (`dist/`, `build/`, `target/`, …) may be
    missing. Fix the path: it is relative to `folder`, not to the backend.py.
    """
    for process, folder in commands(context):
        script = _script(process.command)
        if script and folder.is_dir() and not _is_there(folder, script):
            where = "beside the backend.py" if folder == context.root else f"in {process.folder}"
            message = f"{process.name} runs {script}, which is not {where}"
            yield Problem("SERVICE014", message, process.where, "fix the path; it is relative to the service's folder")


def _script(words: tuple[str, ...] | Any) -> str:
    program = words[0].rpartition("/")[2]
    if "/" in words[0]:
        return str(words[0])
    if INTERPRETERS.fullmatch(program) and "-m" not in words and "-c" not in words:
        return next((word for word in words[1:] if SCRIPT.fullmatch(word)), "")
    if program == "go" and words[1:2] == ("run",):
        return next((word for word in words[2:] if word.startswith("./")), "")
    return ""


def _is_there(folder: Path, script: str) -> bool:
    path = Path(script)
    if path.is_absolute() or BUILT.intersection(path.parts):
        return True
    return (folder / path).exists()


@rule("SERVICE015")
def manifests_are_there(context: Context) -> Iterator[Problem]:
    """A command's tool finds its manifest: `pnpm` a package.json, `go` a go.mod.

    The rule searches the service's folder and those above, as the tools do. Set the folder with the manifest, or create
    the manifest.
    """
    for process, folder in commands(context):
        for tool in _tools(process.command) if _folder(process, folder).is_dir() else ():
            names = MANIFESTS[tool]
            if not any((above / name).is_file() for above in _upward(_folder(process, folder)) for name in names):
                message = f"{process.name} is started by {tool}, and {process.folder} has no {names[0]}"
                yield Problem("SERVICE015", message, process.where, f"write {names[0]}, or fix folder")


def _tools(words: tuple[str, ...] | Any) -> Iterator[str]:
    first = words[0].rpartition("/")[2]
    if first in MANIFESTS and not any(word.endswith(".go") for word in words):
        yield first
    if first != "wrangler" and "wrangler" in words:
        yield "wrangler"


def _folder(process: Runs, folder: Path) -> Path:
    """Return where the tool works: `pnpm --dir apps/orders` says so itself."""
    words = process.command
    at = next((index for index, word in enumerate(words[:-1]) if word in FOLDERS), None)
    return folder if at is None else folder / words[at + 1]


def _upward(folder: Path) -> Iterator[Path]:
    """Yield a folder and those above it, to the top of its repository."""
    for above in (folder, *folder.parents):
        yield above
        if (above / ".git").exists():
            return


@rule("SERVICE016")
def package_scripts_are_there(context: Context) -> Iterator[Problem]:
    """The script that `npm run`, `pnpm run`, `yarn run` or `bun run` names is in the package.json.

    Add it to `scripts`, or name one that is there.
    """
    for process, folder in commands(context):
        file = _folder(process, folder) / "package.json"
        name, text = _named(process.command), context.tree.text(file)
        scripts = _scripts(text) if name and text else None
        if (
            scripts is not None
            and name not in scripts
            and not (name == "start" and (file.parent / "server.js").exists())
        ):
            offered = ", ".join(sorted(scripts)) or "no script"
            message = f"{process.name} runs the script {name}, which its package.json does not have"
            yield Problem("SERVICE016", message, process.where, f"package.json has {offered}")


def _named(words: tuple[str, ...] | Any) -> str:
    """Return the package script that a command runs; empty for any other command."""
    if words[0] not in ("npm", "pnpm", "yarn", "bun"):
        return ""
    rest = [word for word, before in zip(words[1:], words, strict=False) if before not in FOLDERS]
    plain = [word for word in rest if not word.startswith("-")]
    if plain[:1] and plain[0] in RUNS:
        return plain[1] if len(plain) > 1 and not SCRIPT.fullmatch(plain[1]) else ""
    return plain[0] if plain[:1] and plain[0] in USUAL and words[0] != "bun" else ""


def _scripts(text: str) -> frozenset[str] | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    scripts = data.get("scripts", {}) if isinstance(data, dict) else None
    return frozenset(scripts) if isinstance(scripts, dict) else None


RULES = (folders_are_there, scripts_are_there, manifests_are_there, package_scripts_are_there)
