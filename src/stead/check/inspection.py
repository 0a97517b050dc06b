"""Inspection of one backend: its description, its files, and the cache of an earlier inspection."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from stead.check.baseline import accept, keys
from stead.check.cache import Cache
from stead.check.context import Context
from stead.check.engine import Result, check
from stead.check.revision import checkout, resolved
from stead.check.rule import Rule
from stead.check.sandbox import described
from stead.check.staged import git, staged
from stead.check.tree import Tree
from stead.model.load import find
from stead.model.private import untrusted_reason

CACHE = Path(".stead") / "check.cache"


@dataclass(frozen=True)
class InspectionRequest:
    """What is to be looked at.

    against  a git revision to compare with
    staged   tell only what concerns the files that are staged
    urls     where the processes of a running backend are reached, and
    version  what was deployed there
    """

    rules: Sequence[Rule]
    against: str = ""
    staged: bool = False
    urls: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


def look(path: Path, request: InspectionRequest, announce: Callable[[Rule], None] = lambda _: None) -> Result:
    """Check the backend at a path against rules.

    Raises DescriptionError when there is no backend.py, NoRepositoryError when something is asked of git that it cannot
    tell.
    """
    root = find(path).parent
    if request.against:
        resolved(root, request.against)
    files = staged(root) if request.staged else None
    if request.staged and files is not None and not files:
        return Result(rules=len(request.rules))
    with alone(root):
        result = check(_context(path, root, request, files), request.rules, announce)
    return result if files is None else result.within(files)


def since(result: Result, path: Path, revision: str, rules: Sequence[Rule]) -> Result:
    """Return what a check found that the revision had not; NoRepositoryError when there is no such revision.

    Rules that ask a running backend or the history are not asked of the revision: what they find is new.
    """
    file = find(path)
    top = Path(git(file.parent, "rev-parse", "--show-toplevel").strip())
    comparable = [rule for rule in rules if rule.cost in ("fast", "slow")]
    with checkout(top, revision) as folder:
        earlier = folder / file.relative_to(top)
        if not earlier.is_file():
            note = f"{revision} has no {file.relative_to(top)}: everything is new"
            return replace(result, notes=(*result.notes, note))
        before = look(earlier, InspectionRequest(comparable))
        known = keys((*before.findings, *before.silenced), folder)
    notes = tuple(f"{revision}: {broken}" for broken in before.broken)
    return accept(replace(result, notes=(*result.notes, *notes)), known, top, f"there at {revision}")


def _context(path: Path, root: Path, request: InspectionRequest, files: frozenset[str] | None) -> Context:
    file, backend, problems = described(path)
    return Context(
        file,
        Tree(root),
        backend,
        Cache(None if untrusted_reason((root / CACHE).parent) else root / CACHE),
        against=request.against,
        urls=dict(request.urls),
        version=request.version,
        staged=files,
        problems=problems,
    )


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Forget afterwards what a description imported: the next backend may have modules of the same names.

    Installed packages stay, also those in an environment below the backend's folder: they are the same for all, and
    extension modules cannot be loaded twice.
    """
    path, modules = list(sys.path), set(sys.modules)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if _is_of(root, name):
                del sys.modules[name]
        for folder in [known for known in sys.path_importer_cache if known.startswith(str(root))]:
            del sys.path_importer_cache[folder]


def _is_of(root: Path, name: str) -> bool:
    """Recognise a module of the backend's own; a package without `__init__.py` has a path only."""
    module = sys.modules[name]
    places = (getattr(module, "__file__", None) or "", *getattr(module, "__path__", ()))
    inside = any(str(place).startswith(f"{root}{os.sep}") for place in places)
    return inside and name.partition(".")[0] != "stead" and not any("site-packages" in str(place) for place in places)
