"""Context: what every rule gets: the description, and the facts of the files around it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from stead.check.cache import Cache
from stead.check.facts import At, Facts
from stead.check.source import Runs, folder_of, imported, own_sources
from stead.check.tree import Tree
from stead.model import AnyService, Backend, Environment, Job, Problem, SourceLocation
from stead.model.wiring import Wire, wires

T = TypeVar("T")


@dataclass
class Context:
    """One backend and what is around it. `backend` is None where the description cannot be used.

    file      the backend.py
    tree      the files below its folder
    cache     facts that were read before
    against   a git revision to compare with; empty: none
    urls      where a running backend's processes are reached, for live rules
    version   what was deployed there
    staged    the files that a commit changes, where only these are looked at
    problems  what was found wrong with the description while it was loaded
    answered  codes of the rules that were asked and answered, for the rules about silences
    used      silences that left something out: file, line, code
    """

    file: Path
    tree: Tree
    backend: Backend | None = None
    cache: Cache = field(default_factory=Cache)
    against: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    version: str = ""
    staged: frozenset[str] | None = None
    problems: Sequence[Problem] = ()
    answered: frozenset[str] = frozenset()
    used: frozenset[tuple[str, int, str]] = frozenset()
    _imports: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    _once: dict[Callable[["Context"], Any], Any] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder of the backend.py."""
        return self.file.parent

    def once(self, work: "Callable[[Context], T]") -> T:
        """Return what a function makes of this; it is called once for all the rules that want it."""
        if work not in self._once:
            self._once[work] = work(self)
        found: T = self._once[work]
        return found

    def problems_of(self, code: str) -> "Iterator[Problem]":
        """Yield the problems of one code that were found while the description was loaded."""
        return (problem for problem in self.problems if problem.code == code)

    def facts(self, path: Path) -> Facts:
        """Return what a file says."""
        return self.cache.facts(path, self.tree)

    def each(self, kind: str) -> Iterator[tuple[Path, At]]:
        """Yield every fact of a kind, such as `reads`, with the file that says it."""
        yield from self._by_kind[kind]

    def everywhere(self, kind: str) -> Iterator[tuple[Path, At]]:
        """Yield every fact of a kind, those of pipelines at the repository's top, outside of the tree, among them."""
        yield from self.each(kind)
        for path in self.tree.forge_files:
            if path not in self.tree.known:
                yield from ((path, at) for at in getattr(self.facts(path), kind))

    @cached_property
    def _by_kind(self) -> dict[str, list[tuple[Path, At]]]:
        """All facts of the tree in one walk: some forty rules ask for a kind of them."""
        found: dict[str, list[tuple[Path, At]]] = {kind: [] for kind in Facts.__struct_fields__}
        for path in self.tree.files:
            facts = self.facts(path)
            for kind, known in found.items():
                ats = getattr(facts, kind)
                if ats:
                    known += [(path, at) for at in ats]
        return found

    @cached_property
    def folders(self) -> dict[str, Path | None]:
        """The folder that holds each process's code, by its name; None for a single file, and for an image."""
        return {process.name: folder_of(process, self.tree) for process in self.runs}

    @cached_property
    def own(self) -> dict[str, tuple[Path, ...]]:
        """The files of each process's own code, by its name; nothing for an image."""
        return own_sources({process: self.folders[process.name] for process in self.runs}, self.tree)

    @cached_property
    def owner(self) -> dict[Path, str]:
        """Whose own code a file is; of a service, where a job starts in its folder."""
        return {path: process.name for process in reversed(self.runs) for path in self.own[process.name]}

    @cached_property
    def sources(self) -> dict[str, tuple[Path, ...]]:
        """The source files of each process, by its name: its own, and what these import that is nobody else's."""
        homes = {path.parent: name for path, name in self.owner.items()}
        found = {}
        for process in self.runs:
            own = self.own[process.name]
            guests = {homes.get(path.parent) for path in own} if isinstance(process, Job) else set()
            found[process.name] = tuple(self._reached(own, {None, process.name, *guests}))
        return found

    @cached_property
    def wired(self) -> dict[str, dict[str, Wire]]:
        """What each process is given, by its name and the setting's, where nothing is left out."""
        if self.backend is None:
            return {}
        anywhere = Environment("anywhere")
        given = ((process.name, wires(self.backend, process, anywhere)) for process in self.backend.processes)
        return {name: {wire.setting.name: wire for wire in found} for name, found in given}

    def _reached(self, own: tuple[Path, ...], whose: set[str | None]) -> dict[Path, None]:
        """Return files and what they import, as far as it is code of these owners."""
        found = dict.fromkeys(own)
        waiting = [path for path in own if path in self.tree.known]
        while waiting:
            for reached in self._imported(waiting.pop()):
                if reached not in found and self.owner.get(reached) in whose:
                    found[reached] = None
                    waiting.append(reached)
        return found

    def _imported(self, path: Path) -> tuple[Path, ...]:
        if path not in self._imports and path.suffix == ".py":
            files = (imported(path, at.text, at.more, self.tree) for at in self.facts(path).imports)
            self._imports[path] = tuple(dict.fromkeys(file for file in files if file))
        return self._imports.get(path, ())

    @property
    def services(self) -> tuple[AnyService, ...]:
        return tuple(self.backend.services) if self.backend else ()

    @property
    def runs(self) -> tuple[Runs, ...]:
        """Every process that may have a source: the services and the jobs."""
        return (*self.services, *self.backend.jobs) if self.backend else ()


def place(path: Path, at: At) -> SourceLocation:
    """Return where a fact stands."""
    return SourceLocation(str(path), at.line, at.column)
