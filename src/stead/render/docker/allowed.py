"""What the build of an image may see: an allow-list, also where the backend is the root of its repository.

A folder below the root is let in as it is. Of a root only that is let in which the description names, with what a
project of its language has there: keys, dumps and notes lie in a root, too. An edit of the Dockerfile adds the rest:
`replace(file, ignore=(*file.ignore, "!templates"))`.
"""

import posixpath
from collections.abc import Iterable, Iterator

from stead.model import AnyService, Backend, Job
from stead.render.docker.image_kind import inside, kind_of

Process = AnyService | Job
ROOT = "."
KIT = "stead"
PROJECTS = {
    "node": ("package*.json", "tsconfig*.json", "*.js", "*.mjs", "*.cjs", "*.ts", "src", "lib", "dist", "public"),
    "go": ("go.mod", "go.sum", "*.go", "cmd", "internal", "pkg", "vendor"),
    "java": ("build/libs", "target/*.jar"),
}


def python(backend: Backend) -> tuple[str, ...]:
    """Return the lines for the image of everything in Python."""
    folder = inside(backend, ROOT)
    if folder != ROOT:
        return (f"!{folder}",)
    processes: tuple[Process, ...] = (*backend.services, *backend.jobs)
    names = (name for each in processes if kind_of(each) == "python" for name in _python_names(each))
    return ("!**/*.py", *_lines(names))


def other(backend: Backend, process: Process) -> tuple[str, ...]:
    """Return the lines for the image of a program in another language."""
    folder = inside(backend, str(process.folder))
    if folder != ROOT:
        return (f"!{folder}",)
    words = [*PROJECTS.get(kind_of(process), ()), *(name for word in process.command for name in _path(word))]
    return tuple(dict.fromkeys(f"!{word}" for word in words))


def _python_names(process: Process) -> Iterator[str]:
    """Yield the packages at the root that a process is started from, is configured by, or is judged by."""
    for reference in (getattr(process, name, "") or "" for name in ("app", "entry", "invariants")):
        yield reference.partition(":")[0].partition(".")[0]
    settings = process.settings
    yield (settings.__module__ if isinstance(settings, type) else "").partition(".")[0]
    for word in process.command[1:]:
        yield from _path(word)
        yield from (part for part in [word.partition(":")[0].partition(".")[0]] if part.isidentifier())
    folder = posixpath.normpath(str(process.folder))
    yield "" if folder == ROOT else folder


def _path(word: str) -> Iterator[str]:
    """Yield the path in a word of a command, if it is one of the project's own."""
    path = posixpath.normpath(word)
    if not word.startswith(("-", "/", "..")) and path != ROOT and ("/" in word or "." in path):
        yield path


def _lines(names: Iterable[str]) -> tuple[str, ...]:
    """Return a line for each name, once; the kit's own package is installed, and no folder of the project."""
    return tuple(dict.fromkeys(f"!{name}" for name in sorted(names) if name and name != KIT))
