"""A template's tree → text in Go's template language: YAML in block style, with a value in one form everywhere.

Every value is written by `toJson`, since JSON is YAML: a text in quotes, a number bare, a list or a mapping on one
line. Indentation by `nindent` is the rejected option: one wrong number there gives YAML that is valid and means
something else.
"""

from collections.abc import Iterator

from stead.render import yaml
from stead.render.helm.naming import camel
from stead.render.helm.node import Entry, Image, ListNode, MappingNode, Node, Reference, Symbol, Symbolic, Template

STEP = "  "
OPEN = "{{"


class Writer:
    """Writes the templates of one chart."""

    def __init__(self, chart: str) -> None:
        self._chart = chart

    def written(self, template: Template) -> str:
        """Return the text of a template."""
        if not isinstance(template.node, MappingNode):
            raise TypeError(f"{template.path} is not an object")
        body = "".join(f"{line}\n" for line in (*_refusals(template), *self._mapping(template.node, "")))
        return f"{{{{- if {value(template.enabled)} }}}}\n{body}{{{{- end }}}}\n" if template.enabled else body

    def _mapping(self, node: MappingNode, indent: str) -> Iterator[str]:
        for entry in node.entries:
            head = f"{indent}{_escaped(yaml.scalar(entry.key))}:"
            yield from _guarded(entry, indent, self._entry(head, entry.node, indent + STEP))

    def _list(self, node: ListNode, indent: str) -> Iterator[str]:
        for entry in node.entries:
            yield from _guarded(entry, indent, self._item(entry.node, indent))

    def _item(self, node: Node, indent: str) -> Iterator[str]:
        """Return an item; a mapping begins on the line of its hyphen, where its first key is always there."""
        if isinstance(node, MappingNode) and node.entries and node.entries[0].condition is None:
            lines = list(self._mapping(node, indent + STEP))
            yield f"{indent}- {lines[0].lstrip(' ')}"
            yield from lines[1:]
        else:
            yield from self._entry(f"{indent}-", node, indent + STEP)

    def _entry(self, head: str, node: Node, indent: str) -> Iterator[str]:
        if isinstance(node, MappingNode):
            yield head if node.entries else f"{head} {{}}"
            yield from self._mapping(node, indent)
        elif isinstance(node, ListNode):
            yield head if node.entries else f"{head} []"
            yield from self._list(node, indent)
        else:
            yield f"{head} {self._scalar(node)}"

    def _scalar(self, node: Node) -> str:
        match node:
            case Reference(_, "text"):
                return f"{OPEN} {value(node)} | toJson | quote }}}}"
            case Reference():
                return f"{OPEN} {value(node)} | toJson }}}}"
            case Symbolic(parts):
                return '"' + "".join(self._part(part) for part in parts) + '"'
            case str() | int() | float() | None:
                return _escaped(yaml.scalar(node))
        raise TypeError(f"{type(node).__name__} is not a scalar")

    def _part(self, part: str | Symbol | Image) -> str:
        match part:
            case Image(name):
                return f"{OPEN} .Values.images.{camel(name)} }}}}"
            case Symbol("versionLabel"):
                return f'{OPEN} include "{self._chart}.versionLabel" . }}}}'
            case Symbol(name):
                return f"{OPEN} .Values.{name} }}}}"
        return _escaped(yaml.quoted(part)[1:-1])


def value(reference: Reference) -> str:
    """Return the expression of a value in a template; `index` for a key that is not a name in Go."""
    if all(key.isidentifier() and key.isascii() for key in reference.path):
        return ".Values." + ".".join(reference.path)
    return "(index .Values " + " ".join(f'"{key}"' for key in reference.path) + ")"


def _refusals(template: Template) -> Iterator[str]:
    """Yield what ends the rendering of values that contradict each other, with their names."""
    for low, high in template.ascending:
        names = (".".join(each.path) for each in (low, high))
        yield f"{OPEN}- if gt (int {value(low)}) (int {value(high)}) }}}}"
        yield f'{OPEN}- fail "{" is above ".join(names)}" }}}}'
        yield f"{OPEN}- end }}}}"


def _guarded(entry: Entry, indent: str, lines: Iterator[str]) -> Iterator[str]:
    if entry.condition is None:
        yield from lines
        return
    yield f'{indent}{OPEN}- if not (kindIs "invalid" {value(entry.condition)}) }}}}'
    yield from lines
    yield f"{indent}{OPEN}- end }}}}"


def _escaped(text: str) -> str:
    """Write braces that belong to the text, such as those of Vault's templates, so that Helm leaves them."""
    return text.replace(OPEN, f'{OPEN} "{OPEN}" }}}}')
