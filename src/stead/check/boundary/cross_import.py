"""Code of one service that imports code of another, past its contract."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.rule import rule
from stead.check.source import imported
from stead.model import Problem

CONTRACT = "contract"
OPEN = frozenset({CONTRACT, "service"})  # what the shelf offers to others: contracts and descriptions
JVM = frozenset({".java", ".kt"})
SHELF = "stead.services."
WHY = "use its contract, or move the shared code into a package that no service owns"


@rule("BOUNDARY010")
def python_stops_at_contracts(context: Context) -> Iterator[Problem]:
    """Python code of one service imports only `contract.py` of another.

    An import bypasses everything that is declared: the other service's database, its settings, its release. From then
    on the two can only change together. Wire types and a typed client belong in `contract.py`; call the service through
    them, or move shared code into a package that belongs to neither.
    """
    for path, name in _read_by(context).items():
        for at in context.facts(path).imports:
            whose = _owner(context, path, at)
            if whose and whose != name:
                message = f"{name} imports {at.text}, which is inside {whose}"
                yield Problem("BOUNDARY010", message, place(path, at), WHY)


def _read_by(context: Context) -> dict[Path, str]:
    """Return the Python files of the tree that are someone's source, each with its owner or its first reader."""
    found: dict[Path, str] = {}
    for process in context.runs:
        for path in context.sources[process.name]:
            if path.suffix == ".py" and path in context.tree.known:
                found.setdefault(path, context.owner.get(path, process.name))
    return found


def _owner(context: Context, path: Path, at: At) -> str:
    """Return whose inside an import reaches; empty for a contract, and for what is nobody's."""
    if at.text.startswith(SHELF):
        name, _, inner = at.text.removeprefix(SHELF).partition(".")
        return f"{SHELF}{name}" if inner and inner.partition(".")[0] not in OPEN else ""
    reached = imported(path, at.text, at.more, context.tree)
    if reached is None or reached.stem == CONTRACT or CONTRACT in reached.parent.name or _is_empty(context, reached):
        return ""
    return context.owner.get(reached, "")


def _is_empty(context: Context, path: Path) -> bool:
    """Recognise an `__init__.py` without code: it is on the way to the contract."""
    return path.name == "__init__.py" and not context.facts(path).names


@dataclass
class _Territories:
    """Which service has which folders, Go modules and Java packages."""

    context: Context

    @cached_property
    def folders(self) -> dict[str, str]:
        found = ((self.context.folders[process.name], process.name) for process in reversed(self.context.runs))
        return {str(folder): name for folder, name in found if folder and folder != self.context.root}

    @cached_property
    def modules(self) -> dict[str, str]:
        """Go modules by their path: the first word after `module` in a go.mod."""
        found = {}
        for folder, name in self.folders.items():
            text = self.context.tree.text(Path(folder) / "go.mod") or ""
            line = next((line for line in text.splitlines() if line.startswith("module ")), "")
            if line:
                found[line.split()[1]] = name
        return found

    @cached_property
    def packages(self) -> dict[str, str]:
        """Java packages that only one service has."""
        found: dict[str, set[str]] = {}
        for name, paths in self.context.own.items():
            for path in paths:
                for at in self.context.facts(path).names if path.suffix in JVM else ():
                    found.setdefault(at.text, set()).add(name)
        return {package: min(names) for package, names in found.items() if len(names) == 1}

    def owner(self, path: Path, at: At) -> str:
        """Return whose an import's target is; empty when nobody's."""
        if path.suffix == ".go":
            return _longest(at.text, "/", self.modules)
        if path.suffix in JVM:
            return _longest(at.text, ".", self.packages)
        if not at.text.startswith("."):
            return ""
        target = Path(*_plain((path.parent / at.text).parts))
        return _longest(str(target), "/", self.folders)


def _plain(parts: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if part == ".." and found:
            found.pop()
        elif part != ".":
            found.append(part)
    return found


def _longest(text: str, separator: str, known: dict[str, str]) -> str:
    while text:
        if text in known:
            return known[text]
        text = text.rpartition(separator)[0]
    return ""


@rule("BOUNDARY011")
def other_languages_stop_at_contracts(context: Context) -> Iterator[Problem]:
    """JavaScript, Go and Java code of one service imports nothing of another service.

    A relative path into the other's folder, its Go module, or a package that only it has: each bypasses everything that
    is declared, and from then on the two can only change together. A path with the word `contract` is allowed. Call the
    service over the network, or move shared code into a package that belongs to neither.
    """
    territories = _Territories(context)
    for process in context.runs:
        for path in context.own[process.name]:
            for at in context.facts(path).imports if path.suffix != ".py" else ():
                whose = territories.owner(path, at)
                shared = whose and context.folders[whose] == context.folders[process.name]  # one program in two roles
                if whose and not shared and whose != process.name and CONTRACT not in at.text.lower():
                    message = f"{process.name} imports {at.text}, which is inside {whose}"
                    yield Problem("BOUNDARY011", message, place(path, at), WHY)


RULES = (python_stops_at_contracts, other_languages_stop_at_contracts)
