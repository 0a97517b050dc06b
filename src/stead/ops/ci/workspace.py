"""The workspace of a job, the files of a step, and artifacts: what a runner provides.

The workspace is a folder of links to the checkout: a job reads the committed files there, and its own files do not
reach the user's folder. Rejected: a copy of the checkout, in which each run would install its packages again.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stead.model import SteadError

FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


@dataclass(frozen=True)
class Workspace:
    """The folders of a run.

    top        the checkout
    temporary  what is removed with the run
    artifacts  what jobs leave for one another, a folder for each name
    images     what was built, by the name of the archive that it would be
    """

    top: Path
    temporary: Path
    artifacts: Path
    images: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for entry in self.top.iterdir():
            if entry.name != ".git":
                (self.folder / entry.name).symlink_to(entry)
        for name in FILES:
            self.file(name).touch()
        try:
            self.artifacts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SteadError(f"{self.artifacts} cannot be a folder for artifacts: {error.strerror}") from None

    @property
    def folder(self) -> Path:
        """The value of `GITHUB_WORKSPACE`."""
        return self.temporary / "workspace"

    def file(self, name: str) -> Path:
        """Return a file that steps append lines to."""
        return self.temporary / name

    def keep(self, name: str, paths: str) -> int:
        """Store the files of an artifact; return their number."""
        number = 0
        for path in filter(None, map(str.strip, paths.splitlines())):
            for found in self._matching(path):
                number += _copy(found, self.artifacts / name)
        return number

    def _matching(self, path: str) -> Iterator[Path]:
        place = self.folder / path
        yield from [place] if place.exists() else sorted(self.folder.glob(path.lstrip("/")))

    def fetch(self, pattern: str, path: str, *, merge: bool) -> int:
        """Copy artifacts to a path of the workspace; return the number of files."""
        found = sorted(each for each in self.artifacts.glob(pattern) if each.is_dir())
        for each in found:
            _copy(each, self.folder / path if merge else self.folder / path / each.name)
        return len(found)


def _copy(source: Path, target: Path) -> int:
    """Copy a file, or the contents of a folder, to a folder; return the number of files."""
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
        return sum(1 for each in source.rglob("*") if each.is_file())
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target / source.name)
    return 1


def pairs(text: str) -> dict[str, str]:
    """Return the values of a file of a step: a line `NAME=value` each, or `NAME<<END`, lines, `END`."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, several, end = line.partition("<<")
        if several and "=" not in name:
            found[name] = "\n".join(_until(lines, end))
        elif "=" in line:
            name, _, found_value = line.partition("=")
            found[name] = found_value
    return found


def _until(lines: Iterator[str], end: str) -> Iterator[str]:
    for line in lines:
        if line == end:
            return
        yield line
