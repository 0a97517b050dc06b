"""Bundle a Worker's source to one JavaScript module with esbuild; find the programs esbuild and workerd.

esbuild and workerd come from npm, as wrangler's own dependencies do. Both are native programs: no Node runs here. They
come from the project's `node_modules`, in the layout of npm, pnpm or yarn, otherwise from the PATH.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stead.model import AnyService, SourceLocation
from stead.model.worker import entry_of
from stead.run.error import RunError
from stead.run.search_path import project_folders

SECONDS = 60.0  # for one bundle; the largest take a few
OUTSIDE = ("cloudflare:*", "node:*")  # modules that the runtime has
TEXTS = (".sql", ".txt", ".html")
INSIDE = ("*/bin/{name}", ".pnpm/{scope}+*/node_modules/{scope}/*/bin/{name}")  # below node_modules
SCOPES = {"workerd": "@cloudflare", "esbuild": "@esbuild"}
NATIVE = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")  # ELF, Mach-O: npm's .bin may hold a script for Node


@dataclass(frozen=True, slots=True)
class WorkerSource:
    """A Worker: its service, and its entry as a file."""

    service: AnyService
    entry: Path

    @classmethod
    def of(cls, service: AnyService, beside: Path) -> "WorkerSource":
        return cls(service, (beside / entry_of(service.worker)).resolve())

    def check(self) -> None:
        """Raise RunError, with the line of the description, when the Worker has no entry."""
        if self.entry.is_file():
            return
        where = self.service.where
        line = SourceLocation(Path(where.file).name, where.line)
        problem = "has no src/index.ts" if self.entry.parent.parent.is_dir() else "does not exist"
        folder = self.entry.parent.parent if self.entry.parent.name == "src" else self.entry
        raise RunError(f'its Worker {folder} {problem} ({line}): write the entry, or name it: worker="folder/entry.ts"')


def program(name: str, folder: Path) -> str:
    """Return the path of a native program; RunError with the package to install."""
    for file in (*_in_modules(name, folder), *_on_path(name)):
        if file.is_file() and _is_native(file):
            return str(file)
    raise RunError(
        f"{name} is not installed, and a Worker needs it: npm install --save-dev workerd esbuild  "
        f"(in {folder}, or in a folder above it of the same repository)"
    )


def bundle(source: WorkerSource, to: Path, programs: Path | None = None) -> None:
    """Write the Worker as one module; RunError with esbuild's message when it cannot be bundled.

    programs  the folder from which esbuild is looked for; the Worker's own, unless it is another
    """
    source.check()
    words = [
        program("esbuild", programs or source.entry.parent),
        str(source.entry),
        "--bundle",
        "--format=esm",
        "--target=es2024",
        "--main-fields=browser,module,main",
        "--conditions=workerd,worker,browser",
        "--log-level=error",
        "--color=false",
        f"--outfile={to}",
        *(f"--external:{name}" for name in OUTSIDE),
        *(f"--loader:{suffix}=text" for suffix in TEXTS),
    ]
    try:
        ran = subprocess.run(words, check=False, capture_output=True, timeout=SECONDS, cwd=source.entry.parent)
    except subprocess.TimeoutExpired:
        raise RunError(f"esbuild did not bundle {source.entry} within {SECONDS:g} s") from None
    if ran.returncode:
        raise RunError(f"its Worker cannot be bundled: {ran.stderr.decode(errors='replace').strip()}")


def _in_modules(name: str, folder: Path) -> Iterator[Path]:
    """Yield what may be the program, the nearest `node_modules` first."""
    scope = SCOPES[name]
    for place in project_folders(folder):
        modules = place / "node_modules"
        yield from sorted((modules / scope).glob(INSIDE[0].format(name=name)))
        yield from sorted(modules.glob(INSIDE[1].format(name=name, scope=scope)))


def _on_path(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)


def _is_native(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) in NATIVE
