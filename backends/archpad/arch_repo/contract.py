"""What goes over the wire to and from the architecture repository.

Errors, by code: 404 `unknown_tenant` (also to who does not belong to it), `unknown_element`, `unknown_relationship`,
`unknown_solution`, `unknown_entry`; 403 `role_missing`; 409 `transition_not_allowed`, `kind_is_fixed`, `in_use`; 412
`changed_meanwhile`; 422 `unknown_reference`, `invalid_model`; 428 `precondition_required`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from arch_repo.archimate import DIRECTORIES, ELEMENT_STATES, PREFIXES, RELATIONSHIPS, SOLUTION_STATES
from tenancy.words import Line, OptionalLine, Text

MOST_PROPERTIES = 100


def _one_of(words: Any) -> Any:
    return Meta(pattern=rf"^(?:{'|'.join(words)})(?![\s\S])")


ElementKind = Annotated[str, _one_of(PREFIXES)]
RelationshipKind = Annotated[str, _one_of(RELATIONSHIPS)]
ElementState = Annotated[str, _one_of(ELEMENT_STATES)]
SolutionState = Annotated[str, _one_of(SOLUTION_STATES)]
Directory = Annotated[str, _one_of(DIRECTORIES)]
Properties = Annotated[dict[Line, Text], Meta(max_length=MOST_PROPERTIES)]
Coordinate = Annotated[int, Meta(ge=0, le=100_000)]


class ElementDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written of an element; it is replaced as a whole, but its kind stays, since its code says it."""

    kind: ElementKind
    name: Line
    description: Text = ""
    state: ElementState = "proposed"
    properties: Properties = {}


class Element(Struct, frozen=True):
    """An element, with its code such as `COMP-7`."""

    id: UUID
    kind: str
    layer: str
    code: str
    name: str
    description: str
    state: str
    properties: dict[str, str]
    identifier: str
    etag: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Elements(Struct, frozen=True):
    """Elements in the order of their ids; `next` goes into `after` for the following page."""

    elements: list[Element]
    next: UUID | None = None


class RelationshipDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written of a relationship between two elements of the tenant. A flow says its data in `name`."""

    kind: RelationshipKind
    source_id: UUID
    target_id: UUID
    name: OptionalLine = ""
    description: Text = ""
    properties: Properties = {}


class Relationship(Struct, frozen=True):
    """A relationship."""

    id: UUID
    kind: str
    source_id: UUID
    target_id: UUID
    name: str
    description: str
    properties: dict[str, str]
    identifier: str
    etag: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Relationships(Struct, frozen=True):
    """Relationships in the order of their ids; `next` goes into `after` for the following page."""

    relationships: list[Relationship]
    next: UUID | None = None


class ViewNode(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an element is shown, in pixels."""

    element_id: UUID
    x: Coordinate = 0
    y: Coordinate = 0
    width: Coordinate = 120
    height: Coordinate = 60


class View(Struct, frozen=True, forbid_unknown_fields=True):
    """A view of a solution."""

    name: Line
    nodes: Annotated[list[ViewNode], Meta(max_length=1000)] = []


class Variant(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to solve it, and the elements that it is made of; one variant at most is chosen."""

    name: Line
    description: Text = ""
    chosen: bool = False
    element_ids: Annotated[list[UUID], Meta(max_length=1000)] = []


class SolutionDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written of a solution: a decision record. It is replaced as a whole, variants and views included."""

    name: Line
    context: Text = ""
    decision: Text = ""
    consequences: Text = ""
    alternatives: Text = ""
    state: SolutionState = "proposed"
    variants: Annotated[list[Variant], Meta(max_length=20)] = []
    views: Annotated[list[View], Meta(max_length=50)] = []

    def __post_init__(self) -> None:
        if sum(variant.chosen for variant in self.variants) > 1:
            raise ValueError("`variants`: one at most is chosen")


class Solution(Struct, frozen=True):
    """A solution, with its code such as `SOLUTION-3`."""

    id: UUID
    code: str
    name: str
    context: str
    decision: str
    consequences: str
    alternatives: str
    state: str
    variants: list[Variant]
    views: list[View]
    etag: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class SolutionLine(Struct, frozen=True):
    """A solution in the list."""

    id: UUID
    code: str
    name: str
    state: str


class Solutions(Struct, frozen=True):
    """Solutions in the order of their ids; `next` goes into `after` for the following page."""

    solutions: list[SolutionLine]
    next: UUID | None = None


class EntryDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written of an entry of a directory."""

    name: Line
    description: Text = ""


class Entry(Struct, frozen=True):
    """An entry of a directory."""

    code: str
    name: str
    description: str
    etag: str


class Entries(Struct, frozen=True):
    """A directory, by code."""

    entries: list[Entry]


class Change(Struct, frozen=True):
    """What was done to a record, by whom, and what it was like after that; of a deletion, before."""

    action: Literal["insert", "update", "delete"]
    revision: int
    changed_by: str
    changed_at: datetime
    row: dict[str, Any]


class History(Struct, frozen=True):
    """A record's changes, the newest first."""

    changes: list[Change]


class Found(Struct, frozen=True):
    """Something that a search found: an `element` or a `solution`."""

    entity: Literal["element", "solution"]
    id: UUID
    code: str
    name: str


class SearchResult(Struct, frozen=True):
    """What a search found, the best first."""

    found: list[Found]


class ImportReport(Struct, frozen=True):
    """What an import did. `skipped` names what of the file has no place here, and why."""

    created: int
    updated: int
    unchanged: int
    skipped: list[str] = []
