"""A Worker's folder and its entry, from `worker="apps/points"` or from the path of the entry."""

from pathlib import Path, PurePosixPath

ENTRY = "src/index.ts"
SUFFIXES = (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs")


def folder_of(worker: str | Path) -> str:
    """Return the Worker's folder: of an entry below `src/`, the folder that has the `src/`."""
    path = PurePosixPath(worker)
    if path.suffix not in SUFFIXES:
        return str(path)
    return str(path.parent.parent if path.parent.name == "src" else path.parent)


def entry_of(worker: str | Path) -> str:
    """Return the path of the entry, relative to the backend.py."""
    path = PurePosixPath(worker)
    return str(path if path.suffix in SUFFIXES else path / ENTRY)
