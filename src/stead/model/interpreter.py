"""Python processes of Stead: libraries take precedence over the modules in a backend's folder.

`python -m` puts the working directory first on `sys.path`, and so does a `PYTHONPATH`: a `calendar.py` or a `yaml.py`
beside a backend.py would then be what Stead's own libraries import. Rejected: `python -I`, which also drops the
environment in which a person has installed their own packages (`PYTHONPATH`, the user's site).
"""

import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

INSTALLED = frozenset({"site-packages", "dist-packages"})  # Debian has the latter
_appended: set[str] = set()  # folders of backends
TESTS = frozenset({"test", "tests"})  # files that no process of a backend imports


def module_command(module: str, *words: str) -> list[str]:
    """Return the command that runs a module of Stead; the working directory is not on its path."""
    return [sys.executable, "-P", "-m", module, *words]


def append_path(folder: Path) -> None:
    """Let modules of a folder be imported, after those of the standard library and the installed ones.

    Where one process reads several backends, the folder comes before those of the backends that were read earlier.
    """
    earlier = [entry for entry in sys.path if entry in _appended and entry != str(folder)]
    there = [entry for entry in sys.path if entry not in _appended and Path(entry).absolute() != folder]
    _appended.add(str(folder))
    sys.path[:] = [*there, str(folder), *earlier]


def shadowed(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the shadowed modules of a folder, each with the module that is imported instead."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = _module_of(path)
        if name and (instead := _imported_instead(name)):
            yield path, instead


def _module_of(path: Path) -> str:
    """Return the name by which a path is imported; nothing when it is not a module."""
    if path.suffix == ".py" and path.is_file():
        return path.stem
    return path.name if (path / "__init__.py").is_file() else ""


def _imported_instead(name: str) -> str:
    if name in TESTS:
        return ""
    if name in sys.stdlib_module_names:
        return "the standard library's"
    spec = PathFinder.find_spec(name, [entry for entry in sys.path if INSTALLED & set(Path(entry).parts)])
    return f"the installed one ({spec.origin})" if spec and spec.origin else ""
