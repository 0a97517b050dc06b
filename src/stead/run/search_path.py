"""The PATH of a command: the project's own environments, then the PATH of the person who started Stead.

Stead's own environment is not on it: a command would find Stead's `python3` or `uvicorn` here, and nothing of the kind
where it is deployed.
"""

import os
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENTS = (".venv/bin", "node_modules/.bin")  # as uv and npm make them
ROOTS = (".git", "backend.py")  # what a project's folder has; the first that is found decides


def search_path(folder: Path, inherited: str) -> str:
    """Return the PATH of a command that runs in a folder; the nearest environment comes first."""
    return os.pathsep.join([*map(str, environments(folder)), inherited or os.defpath])


def environments(folder: Path) -> Iterator[Path]:
    """Yield the folders of programs that a project has: beside the command, and above it in the same repository."""
    for place in project_folders(folder):
        for name in ENVIRONMENTS:
            if (place / name).is_dir():
                yield place / name


def project_folders(folder: Path) -> Iterator[Path]:
    """Yield the folder and those above it, up to the repository's root, or to the backend's where there is none."""
    above = [folder, *folder.parents]
    roots = [number for sign in ROOTS for number, place in enumerate(above) if (place / sign).exists()]
    yield from above[: roots[0] + 1 if roots else 1]
