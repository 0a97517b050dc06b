"""XML of strangers, read with expat: no DTD, no entity, bounded in depth, and each element knows its line.

A document type is refused as such, since nothing that is imported here needs one: with it go entity bombs, external
entities and parameter entities. `defusedxml`, the rejected option, does the same by two handlers of expat, and gives
no line numbers.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 64
SEPARATOR = " "  # between namespace and name: no URI has one


class XmlError(ValueError):
    """The text cannot be read; `line` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(slots=True)
class XmlElement:
    """An element: its local name, its namespace, its attributes by local name, its text, and the line it begins on."""

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    children: list["XmlElement"] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts).strip()

    def child(self, name: str) -> "XmlElement | None":
        return next((child for child in self.children if child.name == name), None)

    def all(self, *path: str) -> "list[XmlElement]":
        """Return the elements at the end of a path of names."""
        found = [self]
        for name in path:
            found = [child for each in found for child in each.children if child.name == name]
        return found


class _Tree:
    """Builds the tree while expat reads."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.root: XmlElement | None = None
        self.open: list[XmlElement] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= DEEPEST:
            raise XmlError(f"elements are more than {DEEPEST} deep", self.line)
        namespace, _, local = name.rpartition(SEPARATOR)
        known = {key.rpartition(SEPARATOR)[2]: value for key, value in attributes.items()}
        element = XmlElement(local, namespace, known, self.line)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].parts.append(text)

    def refuse(self, *_: object) -> None:
        raise XmlError("a document type (<!DOCTYPE …>) is not accepted: remove it", self.line)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber


def read_xml(content: bytes) -> XmlElement:
    """Return the root element; XmlError with the line when it is no XML, or XML that is not accepted."""
    tree = _Tree()
    try:
        tree.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise XmlError(expat.ErrorString(error.code) or "it is no XML", error.lineno) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, XmlError):
            raise
        raise XmlError("its encoding is not known: save it as UTF-8", 1) from None
    assert tree.root is not None  # expat refuses a text without an element
    return tree.root
