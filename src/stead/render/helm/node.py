"""The tree of one template: literal parts, and references to a chart's values."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["value", "text"]
Shared = Literal["environment", "host", "namespace", "version", "versionLabel"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A value that the whole chart shares."""

    name: Shared


@dataclass(frozen=True, slots=True)
class Image:
    """The digest of one of the backend's images."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbolic:
    """A text, parts of which are values that the whole chart shares."""

    parts: tuple["str | Symbol | Image", ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A value by its path in `.Values`.

    form  `value` is written with its own type; `text` is a number or a boolean that is in quotes
    """

    path: tuple[str, ...]
    form: Form = "value"


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping, or one item of a list (no key); left out where the value of `condition` is null."""

    node: "Node"
    key: str = ""
    condition: Reference | None = None


@dataclass(frozen=True, slots=True)
class MappingNode:
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ListNode:
    entries: tuple[Entry, ...]


Literals = str | int | bool | float | None
Node = Literals | Symbolic | Reference | MappingNode | ListNode


@dataclass(frozen=True, slots=True)
class Template:
    """One file below `templates/`.

    enabled    the boolean that says whether the object is there; None: it always is
    ascending  pairs of numbers of which the first must not be above the second: a schema cannot compare two values
    """

    path: str
    node: Node
    enabled: Reference | None = None
    ascending: tuple[tuple[Reference, Reference], ...] = ()
