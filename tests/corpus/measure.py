"""Measure adopt and check on the corpus: recall and precision, by kind, and for the findings by rule.

A shape is a TOML file: `files`, the repository; `truth`, what is in it. A service is its name, a call
`caller > callee`, a resource `service kind`, a setting and a secret `service NAME`, a finding `CODE path`. What is
found is what the adopted description says, and what `stead check` is sure of beside it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from check.rule_run import git, held, modules_left_alone
from stead.adopt.adopt import adopt
from stead.check.registry import rules
from stead.model import Backend, Job, Service, load
from stead.model.resource_form import SECRETS

SHAPES = Path(__file__).parent / "shapes"
KINDS = ("services", "calls", "resources", "settings", "secrets", "findings")
# Recall and precision that no change may fall below.
FLOORS = {
    "services": (0.95, 0.95),
    "calls": (0.85, 0.85),
    "resources": (0.85, 0.85),
    "settings": (0.85, 0.85),
    "secrets": (0.95, 0.95),
    "findings": (0.85, 0.95),
}
RULE = (0.8, 0.8)  # of each rule by itself, over all shapes
FAST = rules(costs=("fast",))


@dataclass(frozen=True)
class Outcome:
    """What one shape has of one kind, and what was found."""

    shape: str
    kind: str
    truth: frozenset[str]
    found: frozenset[str]

    @property
    def missed(self) -> frozenset[str]:
        return self.truth - self.found

    @property
    def extra(self) -> frozenset[str]:
        return self.found - self.truth


def names() -> list[str]:
    return sorted(path.stem for path in SHAPES.glob("*.toml"))


def shape(name: str) -> dict[str, Any]:
    return tomllib.loads((SHAPES / f"{name}.toml").read_text())


def written(root: Path, files: dict[str, str]) -> None:
    """Write a shape's files, as git has them."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        if text.startswith("#!"):
            (root / path).chmod(0o755)
    git(root, "init", "-q")
    git(root, "add", "-A", "-f")


def outcomes(name: str) -> list[Outcome]:
    """Adopt and check one shape."""
    given = shape(name)
    with TemporaryDirectory(prefix="stead-corpus-") as folder:
        root = Path(folder).resolve() / name
        found = _found(root, given["files"])
    return [Outcome(name, kind, frozenset(given["truth"].get(kind, ())), frozenset(found[kind])) for kind in KINDS]


def _found(root: Path, files: dict[str, str]) -> dict[str, list[str]]:
    written(root, files)
    (root / "backend.py").write_text(adopt(root).text)
    with modules_left_alone(root):
        described = dict(_described(load(root)))
    findings = [each for each in held(root, FAST) if each.sure]
    return described | {"findings": [f"{each.code} {Path(each.place.file).relative_to(root)}" for each in findings]}


def _described(backend: Backend) -> Iterator[tuple[str, list[str]]]:
    processes = [*backend.services, *backend.jobs]
    yield "services", [each.name for each in processes]
    yield "calls", [f"{each.name} > {call.callee.name}" for each in processes for call in each.calls]
    yield "resources", [f"{each.name} {type(need).__name__}" for each in processes for need in each.needs]
    for kind, secret in (("settings", False), ("secrets", True)):
        declared = [f"{each.name} {one.name}" for each in processes for one in each.declared if one.secret is secret]
        yield kind, declared + [name for each in processes for name in _parts(each, secret=secret)]


def _parts(process: Service | Job, *, secret: bool) -> Iterator[str]:
    """Yield the variables that hold a part of a resource's URL: they are the program's own, as its settings are."""
    for need in process.needs:
        yield from (f"{process.name} {name}" for form, name in need.parts.items() if (form in SECRETS) is secret)


def score(results: list[Outcome]) -> tuple[float, float]:
    """Return recall and precision of results together; 1 where there is nothing to find."""
    right = sum(len(each.truth & each.found) for each in results)
    truth, found = sum(len(each.truth) for each in results), sum(len(each.found) for each in results)
    return (right / truth if truth else 1.0), (right / found if found else 1.0)


def table(results: list[Outcome]) -> Iterator[str]:
    """Yield a line a kind, a line a rule, and what is missed and extra."""
    for kind in KINDS:
        recall, precision = score([each for each in results if each.kind == kind])
        yield f"{kind:<12} recall {recall:.2f}  precision {precision:.2f}"
    yield from _by_rule(results)
    for each in results:
        yield from (f"missed  {each.shape}: {each.kind}: {what}" for what in sorted(each.missed))
        yield from (f"extra   {each.shape}: {each.kind}: {what}" for what in sorted(each.extra))


def _by_rule(results: list[Outcome]) -> Iterator[str]:
    for code, (recall, precision) in rule_scores(results).items():
        yield f"{code:<12} recall {recall:.2f}  precision {precision:.2f}"


def rule_scores(results: list[Outcome]) -> dict[str, tuple[float, float]]:
    """Return recall and precision of each rule that a shape names, or that found something in one."""
    findings = [each for each in results if each.kind == "findings"]
    codes = sorted({what.split()[0] for each in findings for what in each.truth | each.found})
    return {
        code: score([Outcome(each.shape, code, _of(code, each.truth), _of(code, each.found)) for each in findings])
        for code in codes
    }


def _of(code: str, whats: frozenset[str]) -> frozenset[str]:
    return frozenset(what for what in whats if what.startswith(f"{code} "))


def fallen(results: list[Outcome]) -> list[str]:
    """Return what is below its floor."""
    found = []
    by_kind = {kind: score([each for each in results if each.kind == kind]) for kind in FLOORS}
    by_rule = rule_scores(results)
    for kind, scores in (by_kind | by_rule).items():
        floors = FLOORS.get(kind, RULE)
        found += [
            f"{what} of {kind} is {reached:.2f}, below {floor:.2f}"
            for what, reached, floor in zip(("recall", "precision"), scores, floors, strict=True)
            if reached < floor
        ]
    return found
