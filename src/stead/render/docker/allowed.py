"""The allow-list of an image's build context, also when the backend is the root of its repository.

A folder below the root is admitted as it is. Of a root only the paths in the description and the usual files of its
language are admitted: a root may also contain keys, dumps and notes. An edit of the Dockerfile adds the rest:
`replace(file, ignore=(*file.ignore, "!templates"))`.
"""

import posixpath
from collections.abc import Iterable, Iterator

from stead.model import AnyService, Backend, Job
from stead.render.docker.image_kind import PYTHON, image_of, inside

Process = AnyService | Job
ROOT = "."
KIT = "stead"


def python(backend: Backend) -> tuple[str, ...]:
    """Return the lines for the image of everything in Python."""
    folder = inside(backend, ROOT)
    if folder != ROOT:
        return (f"!{folder}",)
    processes: tuple[Process, ...] = (*backend.services, *backend.jobs)
    names = [name for each in processes if image_of(each) == PYTHON for name in _python_names(each)]
    static = [str(each.static) for each in backend.services if each.static]
    return ("!**/*.py", *_lines([*names, *static]))


def _python_names(process: Process) -> Iterator[str]:
    """Yield the packages at the root that a process is started from, is configured by, or is judged by."""
    for reference in (getattr(process, name, "") or "" for name in ("app", "entry", "invariants")):
        yield reference.partition(":")[0].partition(".")[0]
    settings = process.settings
    yield (settings.__module__ if isinstance(settings, type) else "").partition(".")[0]
    folder = posixpath.normpath(str(process.folder))
    yield "" if folder == ROOT else folder


def _lines(names: Iterable[str]) -> tuple[str, ...]:
    """Return a line for each name, once; the kit's own package is installed, and no folder of the project."""
    return tuple(dict.fromkeys(f"!{name}" for name in sorted(names) if name and name != KIT))
