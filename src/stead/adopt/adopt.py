"""Adopt: from a folder to the text of its first description, and what there is to tell of it."""

from dataclasses import dataclass
from pathlib import Path

from stead.adopt.describe import describe
from stead.adopt.found import Found
from stead.adopt.sketch import Sketch
from stead.adopt.sources import compose, dockerfile, envfile, folders, krakend, kubernetes, nginx, oathkeeper, wrangler
from stead.adopt.write.module import module
from stead.check.tree import Tree


@dataclass(frozen=True)
class Adopted:
    """A first description: its text, the sketch that it is of, and what could not be read."""

    text: str
    sketch: Sketch
    notes: tuple[str, ...]


def adopt(root: Path) -> Adopted:
    """Read a repository, and describe it. Nothing is written, imported or started."""
    tree = Tree(root.resolve())
    found = Found(tree)
    envfile.read(found)
    wrangler.read(found)
    compose.read(found)
    kubernetes.read(found)
    oathkeeper.files(found)
    nginx.read(found)
    krakend.read(found)
    folders.read(found)
    dockerfile.read(found)
    sketch = describe(found)
    return Adopted(module(sketch), sketch, tuple(dict.fromkeys(tree.notes)))
