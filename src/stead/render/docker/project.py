"""The files of a project that determine its image: lock files, manifests, wrappers.

A rendered Dockerfile depends only on the description and on these; the same files give the same bytes.
"""

import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.model import Backend
from stead.render.docker.image_kind import root


@dataclass(frozen=True)
class Project:
    """The folder that a build sees; every path is relative to it, with `/` between its parts."""

    folder: Path

    @classmethod
    def of(cls, backend: Backend) -> "Project":
        return cls(Path(backend.where.file).parent / root(backend))

    def has(self, path: str) -> bool:
        return (self.folder / path).is_file()

    def text(self, path: str) -> str:
        """Return a file's text; empty when it does not exist or is not text."""
        try:
            return (self.folder / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def json(self, path: str) -> dict[str, Any]:
        """Return the object of a JSON file; empty for other content."""
        try:
            found = json.loads(self.text(path) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def named(self, folder: str, pattern: str) -> list[str]:
        """Return the names in a folder that match a pattern, sorted."""
        return sorted(path.name for path in (self.folder / folder).glob(pattern) if path.is_file())

    def above(self, folder: str) -> Iterator[str]:
        """Yield a folder and those above it, up to the project's own, which is `.`."""
        here = posixpath.normpath(folder)
        while True:
            yield here
            if here in (".", "") or here.startswith(".."):
                return
            here = posixpath.dirname(here) or "."

    def find_up(self, folder: str, *names: str) -> tuple[str, str] | None:
        """Return the nearest folder, from this one upwards, that has one of the files, and the file's name."""
        for here in self.above(folder):
            for name in names:
                if self.has(posixpath.join(here, name)):
                    return here, name
        return None
