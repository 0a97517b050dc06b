"""Adopt: from a folder to the text of its first description, and what there is to tell of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stead.adopt.describe import describe
from stead.adopt.evidence import Evidence
from stead.adopt.sketch import Sketch
from stead.adopt.sources import (
    aspire,
    chart,
    compose,
    dockerfile,
    envfile,
    folders,
    krakend,
    kubernetes,
    nginx,
    oathkeeper,
    procfile,
    python,
    wrangler,
)
from stead.adopt.write.module import module
from stead.check.tree import Tree

SOURCES: tuple[Callable[[Evidence], None], ...] = (
    envfile.read,  # first: others fill in what it knows
    wrangler.read,
    compose.read,
    aspire.read,
    chart.read,
    kubernetes.read,
    procfile.read,
    oathkeeper.files,
    nginx.read,
    krakend.read,
    folders.read,
    dockerfile.read,
    python.read,  # last: it adds only what no other starts
)


@dataclass(frozen=True)
class Adopted:
    """A first description: its text, the sketch that it is of, and what could not be read."""

    text: str
    sketch: Sketch
    notes: tuple[str, ...]


def adopt(root: Path) -> Adopted:
    """Read a repository, and describe it. Nothing is written, imported or started."""
    tree = Tree(root.resolve())
    found = Evidence(tree)
    for read in SOURCES:
        try:
            read(found)
        except Exception as error:  # noqa: BLE001 - one kind of file that is not understood must not cost the others
            kind = read.__module__.rpartition(".")[2]
            tree.notes.append(f"files of the kind {kind} were not understood: {type(error).__name__}: {error}")
    tree.notes += (f"{found.name(link)} was not followed: it leads out of the repository" for link in tree.leaving)
    sketch = describe(found)
    return Adopted(module(sketch), sketch, tuple(dict.fromkeys(tree.notes)))
