"""Seen: what every rule is given: the description, and the facts of the files around it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from stead.check.cache import Cache
from stead.check.facts import At, Facts
from stead.check.source import sources_of
from stead.check.tree import Tree
from stead.model import AnyService, Backend, Place


@dataclass
class Seen:
    """One backend and what is around it. `backend` is None where the description cannot be used.

    file     the backend.py
    tree     the files below its folder
    cache    facts that were read before
    against  a git revision to compare with; empty: none
    urls     where a running backend's processes are reached, for live rules
    version  what was deployed there
    """

    file: Path
    tree: Tree
    backend: Backend | None = None
    cache: Cache = field(default_factory=Cache)
    against: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    version: str = ""

    @property
    def root(self) -> Path:
        """The folder of the backend.py."""
        return self.file.parent

    def facts(self, path: Path) -> Facts:
        """Return what a file says."""
        return self.cache.facts(path, self.tree)

    def each(self, kind: str) -> Iterator[tuple[Path, At]]:
        """Yield every fact of a kind, such as `reads`, with the file that says it."""
        for path in self.tree.files:
            for at in getattr(self.facts(path), kind):
                yield path, at

    @cached_property
    def sources(self) -> dict[str, tuple[Path, ...]]:
        """The source files of each service, by its name; nothing for an image."""
        return {service.name: sources_of(service, self.root, self.tree.files) for service in self.services}

    @property
    def services(self) -> tuple[AnyService, ...]:
        return tuple(self.backend.services) if self.backend else ()


def place(path: Path, at: At) -> Place:
    """Return where a fact stands."""
    return Place(str(path), at.line, at.column)
