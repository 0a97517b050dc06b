"""Manifests: the objects of every YAML file that says `apiVersion` and `kind`, with their places; read once.

Left alone is what is not an object yet: templates of a chart or of Jinja, which are text until they are filled in, and
the patches of a kustomization, which name only what they change. Rejected: rules on the facts of `check/facts`, of
which only the last document of a file would count.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stead.check.context import Context
from stead.check.facts.node import Node, UnreadableError, documents
from stead.model import SourceLocation

SUFFIXES = frozenset({".yml", ".yaml"})
KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
PLACEHOLDERS = ("{{", "{%")


@dataclass(frozen=True, eq=False)
class Manifest:
    """One object; `partial` where a kustomization or a template beside it may make what it names."""

    file: Path
    root: Node
    partial: bool = False

    @cached_property
    def kind(self) -> str:
        return self.text("kind")

    @cached_property
    def group(self) -> str:
        """The API's group; empty for the core group."""
        group, slash, _ = self.text("apiVersion").rpartition("/")
        return group if slash else ""

    @cached_property
    def name(self) -> str:
        return self.text("metadata", "name") or self.text("metadata", "generateName")

    @cached_property
    def namespace(self) -> str:
        """The namespace; empty where anyone who applies the file chooses it."""
        return self.text("metadata", "namespace")

    @cached_property
    def annotations(self) -> dict[str, Node]:
        return entries(self.get("metadata", "annotations"))

    @property
    def place(self) -> SourceLocation:
        """Where the object has its name."""
        return self.at(self.get("metadata", "name") or self.root)

    def at(self, node: Node) -> SourceLocation:
        return SourceLocation(str(self.file), node.line, node.column)

    def get(self, *path: str) -> Node | None:
        return find(self.root, *path)

    def text(self, *path: str) -> str:
        return text_of(self.root, *path)

    def annotation(self, name: str) -> str:
        node = self.annotations.get(name)
        return (node.text or "") if node is not None else ""


def find(node: Node | None, *path: str) -> Node | None:
    """Return what is at a path of keys; None where nothing does."""
    for name in path:
        node = node.get(name) if node is not None and node.pairs is not None else None
    return node


def text_of(node: Node | None, *path: str) -> str:
    """Return the text at a path of keys; empty where there is none."""
    found = find(node, *path)
    return (found.text or "") if found is not None else ""


def key_of(node: Node | None, name: str) -> Node | None:
    """Return a key of a mapping itself, for its place."""
    pairs = node.entries() if node is not None and node.pairs is not None else ()
    return next((key for key, _ in pairs if key.text == name), None)


def entries(node: Node | None) -> dict[str, Node]:
    """Return a mapping's values by their keys; the first of equal keys."""
    found: dict[str, Node] = {}
    for key, value in node.entries() if node is not None and node.pairs is not None else ():
        found.setdefault(key.text or "", value)
    return found


def items(node: Node | None, *path: str) -> list[Node]:
    """Return the items of a list at a path of keys."""
    found = find(node, *path)
    return found.items or [] if found is not None else []


def texts(node: Node | None, *path: str) -> list[str]:
    """Return the texts of a list at a path of keys."""
    return [item.text for item in items(node, *path) if item.text is not None]


def is_filled_in(text: str) -> bool:
    """Return whether a text has a variable that something, or a person, fills in before the API server sees it."""
    return any(mark in text for mark in ("$", "{{", "<"))


def is_true(node: Node | None, *path: str) -> bool:
    return text_of(node, *path) == "true"


def manifests(context: Context) -> tuple[Manifest, ...]:
    """Return the objects of the tree, in the order of their files."""
    return context.once(_manifests)


def _manifests(context: Context) -> tuple[Manifest, ...]:
    charts = {str(path.parent) for path in context.tree.files if path.name == "Chart.yaml"}
    patches = set(_patches(context))
    partial = {str(path.parent) for path in context.tree.files if path.name in KUSTOMIZATIONS}
    found: list[tuple[Path, list[str], Node]] = []
    for path in context.tree.files:
        text = context.tree.text(path) or "" if path.suffix in SUFFIXES and path.name not in KUSTOMIZATIONS else ""
        if "apiVersion" not in text or "kind" not in text or str(path) in patches:
            continue
        folders = [str(parent) for parent in path.parents]
        if charts and any(folder.endswith("/templates") and _above(folder) in charts for folder in folders):
            continue
        roots = _documents(text)
        if roots is None:
            partial.add(folders[0])
        found += ((path, folders, root) for root in _objects(roots or []))
    return tuple(Manifest(path, root, not partial.isdisjoint(folders)) for path, folders, root in found)


def _above(folder: str) -> str:
    return folder.rpartition("/")[0]


def _patches(context: Context) -> Iterator[str]:
    """Yield the files that kustomizations lay over objects: they are parts of objects only."""
    for path in context.tree.files:
        for root in (_documents(context.tree.text(path) or "") or []) if path.name in KUSTOMIZATIONS else ():
            for name in PATCHES:
                named = (item.text or text_of(item, "path") for item in items(root, name))
                yield from (posixpath.normpath(f"{path.parent}/{each}") for each in named if each)


def _objects(roots: list[Node]) -> Iterator[Node]:
    """Yield the objects among documents, those of a List one by one."""
    for root in roots:
        if text_of(root, "kind").endswith("List") and find(root, "items") is not None:
            yield from (item for item in items(root, "items") if _is_object(item))
        elif _is_object(root):
            yield root


def _documents(text: str) -> list[Node] | None:
    """Return the documents of a text; None of a template, and of what FILE010 finds to be no YAML."""
    try:
        found = list(documents(text))
    except UnreadableError:
        return None
    return None if any(mark in text for mark in PLACEHOLDERS) and any(map(_has_placeholder, found)) else found


def _has_placeholder(root: Node) -> bool:
    """Return whether something stands without quotes as `{{ name }}`: to YAML, a mapping whose key is a mapping."""
    waiting, known = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if any(key.pairs is not None for key, _ in node.pairs or ()):
            return True
        for each in (*(node.items or ()), *(value for _, value in node.pairs or ())):
            if (each.pairs or each.items) and id(each) not in known:
                known.add(id(each))
                waiting.append(each)
    return False


def _is_object(root: Node) -> bool:
    return bool(text_of(root, "apiVersion") and text_of(root, "kind"))
