"""draw.io (diagrams.net): ArchiMate shapes and connectors of a drawing as elements and relationships.

A shape of the library "ArchiMate 3" says in its style what it is; an edge says it by its line and its ends. A page is
plain XML, or base64 of raw deflate of the percent-encoded XML. What is no ArchiMate shape is skipped, and named.
"""

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import unquote

from arch_repo.model import Fault, Model, ModelElement, ModelError, ModelRelationship, check_model
from arch_repo.xml_reader import XmlElement, XmlError, read_xml

LARGEST_PAGE = 16 * 1_048_576  # bytes, after decompression
SHOWN = 60  # characters of a label in a message
TAGS = re.compile(r"<[^<>]*>")
BREAKS = re.compile(r"<(?:br|/div|/p)[^<>]*>", re.IGNORECASE)

# How the library names what is drawn, by the layer's shape: mxgraph.archimate3.application;appType=comp.
APPLICATION = {
    "comp": "Component", "collab": "Collaboration", "interface": "Interface", "func": "Function",
    "interaction": "Interaction", "proc": "Process", "event": "Event", "serv": "Service",
}  # fmt: skip
BUSINESS = {
    "actor": "BusinessActor", "role": "BusinessRole", "collab": "BusinessCollaboration",
    "interface": "BusinessInterface", "proc": "BusinessProcess", "func": "BusinessFunction",
    "interaction": "BusinessInteraction", "event": "BusinessEvent", "serv": "BusinessService",
    "passive": "BusinessObject",
}  # fmt: skip
OTHER = {
    "node": "Node", "device": "Device", "sysSw": "SystemSoftware", "path": "Path", "netw": "CommunicationNetwork",
    "artifact": "Artifact", "equipment": "Equipment", "facility": "Facility", "distribution": "DistributionNetwork",
    "material": "Material", "stake": "Stakeholder", "driver": "Driver", "assess": "Assessment", "goal": "Goal",
    "outcome": "Outcome", "principle": "Principle", "requirement": "Requirement", "constraint": "Constraint",
    "meaning": "Meaning", "amValue": "Value", "resource": "Resource", "capability": "Capability",
    "course": "CourseOfAction", "valueStream": "ValueStream", "workPackage": "WorkPackage",
    "deliverable": "Deliverable", "plateau": "Plateau", "gap": "Gap", "location": "Location", "grouping": "Grouping",
    "contract": "Contract", "product": "Product", "representation": "Representation",
}  # fmt: skip
# The colours by which the library tells layers apart where one shape serves several.
LAYERS = {"#ffff99": "Business", "#99ffff": "Application", "#afffaf": "Technology"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A shape or a line; `kind` is what the attribute `archimate` of an <object> around it says, if anything."""

    id: str
    label: str
    kind: str
    style: Mapping[str, str]
    vertex: bool
    edge: bool
    source: str
    target: str
    identifier: str = ""


def read_drawing(content: bytes) -> Model:
    """Return the ArchiMate shapes of a drawing; ModelError names all that is wrong with it."""
    root = _read(content, "")
    if root.name not in ("mxfile", "mxGraphModel"):
        raise ModelError([Fault(f"line {root.line}", "the root is neither <mxfile> nor <mxGraphModel>")])
    pages = [root] if root.name == "mxGraphModel" else root.all("diagram")
    found = [_page(page, number) for number, page in enumerate(pages, start=1)]
    model = Model(
        tuple(element for page in found for element in page.elements),
        tuple(relationship for page in found for relationship in page.relationships),
        tuple(why for page in found for why in page.skipped),
    )
    check_model(model)
    return model


def _read(content: bytes, page: str) -> XmlElement:
    try:
        return read_xml(content)
    except XmlError as error:
        raise ModelError([Fault(f"{page}line {error.line}", str(error).partition(": ")[2])]) from None


def _page(page: XmlElement, number: int) -> Model:
    name = f"page {page.attributes.get('name') or number}"
    graph = page if page.name == "mxGraphModel" else page.child("mxGraphModel") or _unpacked(page, name)
    key = _safe(page.attributes.get("id") or str(number))
    cells = [replace(cell, identifier=f"drawio-{key}-{_safe(cell.id)}") for cell in _cells(graph)]
    skipped: list[str] = []
    shapes = {cell.id: shape for cell in cells if cell.vertex and (shape := _shape(cell, name, skipped))}
    lines = [line for cell in cells if cell.edge and (line := _line(cell, name, shapes, skipped))]
    return Model(tuple(shapes.values()), tuple(lines), tuple(skipped))


def _shape(cell: Cell, page: str, skipped: list[str]) -> ModelElement | None:
    kind = cell.kind or kind_of(cell.style)
    if kind and cell.label:
        return ModelElement(cell.identifier, kind, cell.label, place=f"{page}, cell {cell.id}")
    if kind:
        skipped.append(f"{page}: the {kind} in cell {cell.id} has no label")
    elif cell.label:
        skipped.append(f"{page}: {cell.label[:SHOWN]!r} is no ArchiMate shape")
    return None


def _line(cell: Cell, page: str, shapes: Mapping[str, ModelElement], skipped: list[str]) -> ModelRelationship | None:
    source, target = shapes.get(cell.source), shapes.get(cell.target)
    if source is None or target is None:
        skipped.append(f"{page}: the line {(cell.label or cell.id)[:SHOWN]!r} does not connect two ArchiMate shapes")
        return None
    kind, place = cell.kind or relationship_of(cell.style), f"{page}, cell {cell.id}"
    return ModelRelationship(cell.identifier, kind, source.identifier, target.identifier, cell.label, place=place)


def _unpacked(page: XmlElement, name: str) -> XmlElement:
    """Return the graph of a compressed page; one that would unpack to more than is sensible is refused."""
    try:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        packed = b64decode(page.text, validate=True)
        text = unpacker.decompress(packed, LARGEST_PAGE)
    except (ValueError, zlib.error):
        raise ModelError([Fault(f"line {page.line}", f"{name} is neither XML nor a compressed page")]) from None
    if unpacker.unconsumed_tail:
        raise ModelError([Fault(f"line {page.line}", f"{name} unpacks to more than {LARGEST_PAGE} bytes")])
    return _read(unquote(text.decode(errors="replace")).encode(), f"{name}, ")


def _cells(graph: XmlElement) -> Iterator[Cell]:
    """Yield each cell, with what an <object> around it says of it."""
    for child in graph.all("root", "mxCell"):
        yield _cell(child, child.attributes)
    for name in ("object", "UserObject"):
        for child in graph.all("root", name):
            inner = child.child("mxCell")
            if inner is not None:
                yield _cell(inner, child.attributes)


def _cell(cell: XmlElement, about: Mapping[str, str]) -> Cell:
    drawn = cell.attributes
    return Cell(
        id=about.get("id", ""),
        label=_plain(about.get("label") or drawn.get("value", "")),
        kind=about.get("archimate", ""),
        style=_style(drawn.get("style", "")),
        vertex=drawn.get("vertex") == "1",
        edge=drawn.get("edge") == "1",
        source=drawn.get("source", ""),
        target=drawn.get("target", ""),
    )


def _plain(label: str) -> str:
    """Return a label without its HTML."""
    return " ".join(unescape(TAGS.sub("", BREAKS.sub(" ", label))).split())


def _style(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if part)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text)


def kind_of(style: Mapping[str, str]) -> str:
    """Return the kind of element that a style draws; nothing when it is no ArchiMate shape."""
    shape = style.get("shape", "")
    if not shape.startswith("mxgraph.archimate3."):
        return ""
    word = style.get("appType") or style.get("busType") or style.get("techType") or shape.rpartition(".")[2]
    layer = LAYERS.get(style.get("fillColor", "").lower(), "")
    if word in APPLICATION and layer in ("Application", "Technology"):
        return f"{layer}{APPLICATION[word]}" if (layer, word) != ("Technology", "comp") else "Node"
    if word == "passive" and layer == "Application":
        return "DataObject"
    if word in BUSINESS and layer in ("Business", ""):
        return BUSINESS[word]
    return OTHER.get(word) or (f"Application{APPLICATION[word]}" if word in APPLICATION else "")


def relationship_of(style: Mapping[str, str]) -> str:
    """Return the kind of relationship that a line draws, by its ends and dashes (ArchiMate 3.1, appendix A)."""
    dashed = style.get("dashed") == "1"
    start, end, filled = style.get("startArrow", "none"), style.get("endArrow", ""), style.get("endFill", "1") == "1"
    if start.startswith("diamond"):
        return "Composition" if style.get("startFill", "1") == "1" else "Aggregation"
    if start == "oval":
        return "Assignment"
    if end == "block":
        if filled:
            return "Flow" if dashed else "Triggering"
        return "Realization" if dashed else "Specialization"
    if end == "open":
        if not dashed:
            return "Serving"
        return "Influence" if style.get("dashPattern", "").startswith("6") else "Access"
    return "Association"
