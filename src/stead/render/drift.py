"""Rendered files against the files that are there: what is missing, stale, edited, orphaned, or the user's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stead.render.header import mark_of

State = Literal["missing", "stale", "edited", "orphaned", "edited orphan", "yours"]
FOLDER = "deploy"
WORDS: Mapping[State, str] = {
    "missing": "is not there",
    "stale": "is of an earlier description",
    "edited": "was changed by hand",
    "orphaned": "is rendered no more",
    "edited orphan": "is rendered no more, and was changed by hand",
    "yours": "has no mark of stead render, so it is yours and stays as it is",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as rendered; `path` is relative to the backend.py's folder."""

    path: str
    state: State

    def __str__(self) -> str:
        return f"{self.path} {WORDS[self.state]}"


def differences(folder: Path, files: Mapping[str, str], *, whole: bool = True) -> tuple[Difference, ...]:
    """Return what of the rendered files is different in a folder, sorted by path.

    `whole` tells that these are all files of the backend: any other marked file is then an orphan.
    """
    found = [*_of_files(folder, files), *(_orphans(folder, files) if whole else ())]
    return tuple(sorted(found, key=lambda difference: difference.path))


def _of_files(folder: Path, files: Mapping[str, str]) -> Iterator[Difference]:
    for path, text in files.items():
        there = _text(folder / path)
        if there is None:
            yield Difference(path, "missing")
        elif there != text:
            mark = mark_of(there)
            yield Difference(path, "yours" if mark is None else "stale" if mark.intact else "edited")


def _orphans(folder: Path, files: Mapping[str, str]) -> Iterator[Difference]:
    for file in sorted((folder / FOLDER).rglob("*")):
        path = file.relative_to(folder).as_posix()
        mark = mark_of(_text(file) or "") if path not in files and file.is_file() else None
        if mark:
            yield Difference(path, "orphaned" if mark.intact else "edited orphan")


def _text(file: Path) -> str | None:
    try:
        return file.read_bytes().decode()
    except (FileNotFoundError, IsADirectoryError, PermissionError, UnicodeDecodeError):
        return "" if file.exists() else None
