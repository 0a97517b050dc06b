"""A model on its way in or out: elements and relationships by their identifiers, and what is wrong with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from arch_repo.archimate import PREFIXES, RELATIONSHIPS
from arch_repo.contract import MOST_PROPERTIES

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")  # an xs:ID in ASCII
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LONGEST_NAME, LONGEST_TEXT = 200, 20_000


@dataclass(frozen=True, slots=True)
class ModelElement:
    """An element of a file; `place` is where it stands there."""

    identifier: str
    kind: str
    name: str
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True)
class ModelRelationship:
    """A relationship of a file; `source` and `target` are identifiers of elements."""

    identifier: str
    kind: str
    source: str
    target: str
    name: str = ""
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """What a file holds; `skipped` is what has no place in a repository, and why."""

    elements: tuple[ModelElement, ...]
    relationships: tuple[ModelRelationship, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: where, and what."""

    place: str
    message: str


class ModelError(ValueError):
    """A file that cannot be imported; `faults` are all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.message}" for fault in faults))
        self.faults = faults


def check_model(model: Model) -> None:
    """ModelError that names everything which cannot be taken over as it is."""
    faults = list(_faults(model))
    if faults:
        raise ModelError(faults)


def _faults(model: Model) -> Iterator[Fault]:
    first: dict[str, str] = {}
    both: tuple[ModelElement | ModelRelationship, ...] = (*model.elements, *model.relationships)
    for each in both:
        if not IDENTIFIER.fullmatch(each.identifier):
            yield Fault(each.place, f"the identifier {each.identifier[:40]!r} is none: a letter first, no blanks")
        elif each.identifier in first:
            yield Fault(each.place, f"the identifier {each.identifier} is also at {first[each.identifier]}")
        first.setdefault(each.identifier, each.place)
        yield from _texts(each)
    yield from _kinds_and_ends(model)


def _kinds_and_ends(model: Model) -> Iterator[Fault]:
    known = {element.identifier for element in model.elements}
    for element in model.elements:
        if element.kind not in PREFIXES:
            yield Fault(element.place, f"{element.kind[:40]!r} is no kind of element of ArchiMate 3.1")
    for relationship in model.relationships:
        if relationship.kind not in RELATIONSHIPS:
            yield Fault(relationship.place, f"{relationship.kind[:40]!r} is no kind of relationship of ArchiMate 3.1")
        for role, end in (("source", relationship.source), ("target", relationship.target)):
            if end not in known:
                yield Fault(relationship.place, f"its {role} {end[:40]!r} is no element of the file")


def _texts(each: ModelElement | ModelRelationship) -> Iterator[Fault]:
    if isinstance(each, ModelElement) and not each.name.strip():
        yield Fault(each.place, "an element has a name")
    if len(each.name) > LONGEST_NAME or len(each.description) > LONGEST_TEXT:
        yield Fault(each.place, f"a name has {LONGEST_NAME} characters at the most, a description {LONGEST_TEXT}")
    values = [*each.properties, *each.properties.values()]
    if len(each.properties) > MOST_PROPERTIES or any(len(value) > LONGEST_TEXT for value in values):
        yield Fault(each.place, f"there are {MOST_PROPERTIES} properties at the most, of {LONGEST_TEXT} characters")
    if any(CONTROL.search(text) for text in (each.name, each.description, *values)):
        yield Fault(each.place, "it has control characters")
