"""Compare rendered files with the files on disk: missing, stale, edited, orphaned, or owned by the user."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stead.render.header import mark_of
from stead.render.repository import PLACES, RepositoryRoot

State = Literal["missing", "stale", "edited", "orphaned", "edited orphan", "yours", "another's"]
FOLDER = "deploy"
WORDS: Mapping[State, str] = {
    "missing": "does not exist",
    "stale": "was rendered from an earlier description",
    "edited": "was edited by hand",
    "orphaned": "is not rendered any more",
    "edited orphan": "is not rendered any more, and was edited by hand",
    "another's": "was rendered from another backend.py",
    "yours": "has no mark of stead render, so Stead does not write it",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as rendered; `path` is relative to the backend.py's folder."""

    path: str
    state: State

    def __str__(self) -> str:
        return f"{self.path} {WORDS[self.state]}"


def differences(
    folder: Path, files: Mapping[str, str], *, complete: bool = True, root: RepositoryRoot | None = None
) -> tuple[Difference, ...]:
    """Return what of the rendered files is different in a folder, sorted by path.

    complete  these are all files of the backend: any other marked file is then an orphan
    root   the repository's top, where files of this backend may lie as well
    """
    found = [*_of_files(folder, files)]
    if complete:
        found += _orphans(folder, files)
        found += _orphans_at(folder, files, root) if root else ()
    return tuple(sorted(found, key=lambda difference: difference.path))


def _of_files(folder: Path, files: Mapping[str, str]) -> Iterator[Difference]:
    for path, text in files.items():
        there = _text(folder / path)
        if there is None:
            yield Difference(path, "missing")
        elif there != text:
            yield Difference(path, _state(there, text))


def _state(there: str, text: str) -> State:
    """Return the state of a file that differs from its rendered text."""
    mark, expected = mark_of(there), mark_of(text)
    if mark is None:
        return "yours"
    if expected is not None and mark.source != expected.source:
        return "another's"
    return "stale" if mark.intact else "edited"


def _orphans(folder: Path, files: Mapping[str, str]) -> Iterator[Difference]:
    for file in sorted((folder / FOLDER).rglob("*")):
        path = file.relative_to(folder).as_posix()
        mark = mark_of(_text(file) or "") if path not in files and file.is_file() else None
        if mark:
            yield Difference(path, "orphaned" if mark.intact else "edited orphan")


def _orphans_at(folder: Path, files: Mapping[str, str], root: RepositoryRoot) -> Iterator[Difference]:
    """Yield the files at the repository's top that this backend wrote, and writes no more."""
    known = {(folder / path).resolve() for path in files}
    for place in PLACES:
        top = folder / root.file(place)
        for file in [top, *sorted(top.rglob("*"))] if top.is_dir() else [top]:
            mark = mark_of(_text(file) or "") if file.is_file() and file.resolve() not in known else None
            if mark and mark.source == root.source:
                path = root.file(file.relative_to(folder / root.path).as_posix())
                yield Difference(path, "orphaned" if mark.intact else "edited orphan")


def _text(file: Path) -> str | None:
    try:
        return file.read_bytes().decode()
    except (FileNotFoundError, IsADirectoryError, PermissionError, UnicodeDecodeError):
        return "" if file.exists() else None
