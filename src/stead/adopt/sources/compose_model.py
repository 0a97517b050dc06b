"""The resolved model of Compose files: what they include, and what their services extend, merged as Compose merges.

Rejected: `docker compose config`, which is not there on every machine, and which stops at the first variable that is
required and not set.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from os import path as paths
from pathlib import Path

from stead.adopt.evidence import Evidence
from stead.adopt.text import at, each, entries, text_at, yaml
from stead.check.facts.node import Node

REPLACED = frozenset({"command", "entrypoint", "image", "healthcheck"})
LOCAL = ("build", "env_file")  # what names paths from the folder of the file that has it


@dataclass(frozen=True)
class ComposeFile:
    """One document of a Compose file, and the folder from which its paths start."""

    path: Path
    project: Path
    root: Node


class ComposeModel:
    """The Compose files of a repository."""

    def __init__(self, found: Evidence) -> None:
        self._found = found
        self._roots: dict[Path, list[Node]] = {}
        self.included: set[Path] = set()

    def files(self, path: Path, project: Path, above: tuple[Path, ...] = ()) -> Iterator[ComposeFile]:
        """Yield a file's documents, those that it includes first."""
        for root in self._read(path):
            for item in each(at(root, "include")) if at(root, "include") else ():
                yield from self._included(item, project, (*above, path))
            yield ComposeFile(path, project, root)

    def _included(self, item: Node, project: Path, above: tuple[Path, ...]) -> Iterator[ComposeFile]:
        named = [node.text for node in each(at(item, "path"))] if item.pairs else [item.text]
        own = text_at(item, "project_directory")
        for name in filter(None, named):
            path = Path(posixpath.normpath(project / name))
            if path in above:
                self._note(path, "includes itself")
                continue
            self.included.add(path)
            if path not in self._found.tree.known:
                self._note(above[-1], f"includes {name}, which is not there")
                continue
            yield from self.files(path, Path(posixpath.normpath(project / own)) if own else path.parent, above)

    def service(self, file: ComposeFile, name: str, node: Node, above: tuple[tuple[Path, str], ...] = ()) -> Node:
        """Return a service with what it extends merged in."""
        extended = at(node, "extends")
        if extended is None:
            return node
        if (file.path, name) in above:
            self._note(file.path, f"the service {name} extends itself")
            return node
        base, other = text_at(extended, "service") or extended.text or "", text_at(extended, "file")
        path = Path(posixpath.normpath(file.project / other)) if other else file.path
        home = path.parent if other else file.project
        for root in self._read(path) if path in self._found.tree.known else ():
            found = at(root, "services", base)
            if found is not None:
                whole = self.service(ComposeFile(path, home, root), base, found, (*above, (file.path, name)))
                return merged(_moved(whole, paths.relpath(home, file.project)), node)
        self._note(file.path, f"the service {name} extends {base}, which {other or path.name} does not have")
        return node

    def _read(self, path: Path) -> list[Node]:
        if path not in self._roots:
            self._roots[path] = yaml(self._found.tree, path)
        return self._roots[path]

    def _note(self, path: Path, what: str) -> None:
        self._found.tree.notes.append(f"{self._found.name(path)}: {what}")


def merged(base: Node, over: Node) -> Node:
    """Return one node over another: mappings by their keys, sequences one after the other, else the upper one."""
    if base.text is not None or over.text is not None:
        return over
    if base.items is not None and over.items is not None:
        return _node(over, items=[*base.items, *over.items])
    upper = {key.text: (key, value) for key, value in _pairs(over)}
    pairs: list[tuple[Node, Node]] = []
    for key, value in _pairs(base):
        mine, above = upper.pop(key.text, (key, None))
        if above is None:
            pairs.append((key, value))
        elif above.tag == "!override" or key.text in REPLACED:
            pairs.append((mine, above))
        elif above.tag != "!reset":
            pairs.append((mine, merged(value, above)))
    rest = [pair for pair in upper.values() if pair[1].tag != "!reset"]
    return _node(over, pairs=[*pairs, *rest])


def _pairs(node: Node) -> list[tuple[Node, Node]]:
    """Return a mapping's pairs; those of a sequence are its texts, `NAME=value` or a name alone."""
    if node.items is None:
        return list(node.entries())
    pairs = []
    for item in node.items:
        name, _, value = (item.text or "").partition("=")
        pairs.append((_text(item, name), _text(item, value)))
    return pairs


def _node(like: Node, *, pairs: list[tuple[Node, Node]] | None = None, items: list[Node] | None = None) -> Node:
    node = Node(like.line, like.column)
    node.pairs, node.items = pairs, items
    return node


def _text(like: Node, text: str) -> Node:
    node = Node(like.line, like.column)
    node.text = text
    return node


def _moved(service: Node, folder: str) -> Node:
    """Return a service whose paths start from another folder; without `extends`, which is done with."""
    pairs = []
    for key, value in service.entries():
        if key.text != "extends":
            pairs.append((key, _placed(value, folder) if key.text in LOCAL else value))
    return _node(service, pairs=pairs)


def _placed(node: Node, folder: str) -> Node:
    """Return what names paths, with each put below a folder."""
    if node.text is not None:
        outside = "://" in node.text or node.text.startswith(("/", "$", "git@"))
        return node if outside else _text(node, posixpath.normpath(posixpath.join(folder, node.text)))
    if node.items is not None:
        return _node(node, items=[_placed(item, folder) for item in node.items])
    named = [
        (key, _placed(value, folder) if key.text in ("context", "path") else value) for key, value in node.entries()
    ]
    return _node(node, pairs=named)


def services(model: ComposeModel, file: ComposeFile) -> Iterator[tuple[str, Node]]:
    """Yield the services of a file, resolved."""
    for name, node in entries(at(file.root, "services")):
        if node.pairs:
            yield name, model.service(file, name, node)
