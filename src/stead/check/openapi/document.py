"""Document: an OpenAPI description as it is committed, and where in its file each part stands.

It is read as plain JSON values: a library that makes objects of them takes longer to import than a whole check takes.
A document comes from a file that nobody vouches for, so every reader of it asks first whether a part has the shape that
it should have, and what is not so is ignored here: `fault` tells of it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from stead.model import SourceLocation

NAME = "openapi.json"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
VARIABLE = re.compile(r"\{[^/{}]*\}")
DEEPEST = 60  # levels of nested values: deeper input is not a document

Pointer = tuple[str | int, ...]
Part = Mapping[str, Any]


def parsed(text: str) -> Part | None:
    """Return what a text says; None when it is not JSON object."""
    try:
        node = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return node if isinstance(node, dict) else None


def part(node: Any) -> Part:
    """Return a value that should be an object; an empty one when it is something else."""
    return node if isinstance(node, dict) else {}


def parts(node: Any) -> list[Any]:
    """Return a value that should be a list; an empty one when it is something else."""
    return node if isinstance(node, list) else []


def template(path: str) -> str:
    """Return a path with its variables unnamed: two that differ in these names only are one path."""
    return VARIABLE.sub("{}", path)


class Document:
    """One document. `operations` are its parts by `(METHOD, path with unnamed variables)`."""

    def __init__(self, root: Part) -> None:
        self.root = root

    @cached_property
    def operations(self) -> dict[tuple[str, str], tuple[Pointer, Part]]:
        found: dict[tuple[str, str], tuple[Pointer, Part]] = {}
        for path, item in part(self.root.get("paths")).items():
            for method in METHODS:
                if isinstance(part(item).get(method), dict):
                    found[method.upper(), template(path)] = (("paths", path, method), item[method])
        return found

    @cached_property
    def paths(self) -> dict[str, str]:
        """The paths as they are written, by themselves with unnamed variables."""
        return {template(path): path for path in part(self.root.get("paths"))}

    def followed(self, pointer: Pointer, node: Any) -> tuple[Pointer, Part]:
        """Return what a part is when its references are followed, and where that stands."""
        context: set[str] = set()
        here = part(node)
        while isinstance(reference := here.get("$ref"), str) and reference not in context:
            context.add(reference)
            there = pointed(reference)
            if there is None:
                return pointer, {}
            pointer, here = there, part(self.at(there))
        return pointer, {} if "$ref" in here else here

    def at(self, pointer: Pointer) -> Any:
        """Return what is at a pointer; None when nothing does."""
        here: Any = self.root
        for step in pointer:
            match here, step:
                case dict(), str() if step in here:
                    here = here[step]
                case list(), _ if str(step).isdecimal() and int(step) < len(here):
                    here = here[int(step)]
                case _:
                    return None
        return here

    def parameters(self, pointer: Pointer) -> dict[tuple[str, str], tuple[Pointer, Part]]:
        """Return the parameters of an operation by `(in, name)`, those of its path included."""
        found = {}
        for above in (pointer[:-1], pointer):
            for number, each in enumerate(parts(part(self.at(above)).get("parameters"))):
                where, node = self.followed((*above, "parameters", number), each)
                name, within = node.get("name"), node.get("in")
                if isinstance(name, str) and isinstance(within, str):
                    found[within, name.lower() if within == "header" else name] = (where, node)
        return found

    def security(self, operation: Part) -> tuple[frozenset[str], ...]:
        """Return the alternatives that let a caller in: each the schemes that it must satisfy; one is empty: anyone."""
        requirements = operation.get("security", self.root.get("security"))
        if not isinstance(requirements, list) or not requirements:
            return (frozenset(),)
        return tuple(frozenset(each) for each in requirements if isinstance(each, dict))


def pointed(reference: str) -> Pointer | None:
    """Return the pointer of a reference into the same document; None for one that leads elsewhere."""
    if not reference.startswith("#/"):
        return None
    steps = (step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/"))
    return tuple(steps)


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]')


def positions(text: str, deepest: int = DEEPEST) -> Iterator[tuple[Pointer, int]]:
    """Yield the pointer of each key of a JSON text, down to some depth, and the position at which it is."""
    open_: list[list[Any]] = []  # of each object and array around: which one it is, and the key or number in it
    for found in TOKEN.finditer(text):
        mark = found[0]
        if mark in "{[":
            open_.append([mark, None if mark == "{" else 0])
        elif mark in "}]":
            open_ = open_[:-1]
        elif not open_:
            continue
        elif mark == ",":
            open_[-1][1] = None if open_[-1][0] == "{" else open_[-1][1] + 1
        elif open_[-1] == ["{", None]:
            open_[-1][1] = json.loads(mark) if "\\" in mark else mark[1:-1]
            if len(open_) <= deepest:
                yield tuple(each[1] for each in open_), found.start()


def nearest(found: Mapping[Pointer, int], pointer: Pointer) -> int:
    """Return the position of a pointer; what is in a list stands where its first key does, what is not there above."""
    for length in range(len(pointer), 0, -1):
        above = pointer[:length]
        if above in found:
            return found[above]
        if isinstance(above[-1], int):
            inside = (at for each, at in found.items() if each[:length] == above)
            if (first := next(inside, None)) is not None:
                return first
    return 0


def placed(file: str, text: str, pointer: Pointer) -> SourceLocation:
    """Return where a pointer is in a file."""
    position = nearest(dict(positions(text, len(pointer) + 1)), pointer)
    line = text.count("\n", 0, position) + 1
    return SourceLocation(file, line, position - text.rfind("\n", 0, position))
