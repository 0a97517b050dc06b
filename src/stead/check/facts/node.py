"""Node: a YAML document as its text has it: with places, with aliases not expanded, and never deeper than `DEEPEST`.

Made from the parser's events rather than by PyYAML's composer: that one recurses, keeps only the last of two equal
keys, and hands back a tree in which a bomb of aliases goes off as soon as someone walks it. Here an alias is the node
that it names, once; how large the document would be with all of them expanded is counted, and is a fault beyond `MOST`.
"""

from collections.abc import Iterator
from typing import Any

DEEPEST = 200  # levels
MOST = 1_000_000  # nodes, aliases expanded


class Node:
    """A scalar (`text`), a mapping (`pairs`) or a sequence (`items`); `line` and `column` count from 1."""

    __slots__ = ("block", "column", "items", "line", "pairs", "plain", "size", "tag", "text")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.text: str | None = None
        self.plain = False  # a scalar without quotes
        self.block = False  # a scalar over several lines, which starts on the next one
        self.pairs: list[tuple[Node, Node]] | None = None
        self.items: list[Node] | None = None
        self.size = 1
        self.tag: str | None = None  # such as Compose's `!reset`

    def get(self, name: str) -> "Node | None":
        """Return the value of a key, also of one that is merged in by `<<`."""
        return next((value for key, value in self.entries() if key.text == name), None)

    def entries(self) -> Iterator[tuple["Node", "Node"]]:
        """Yield keys and values, then those merged in, one level deep."""
        merged: list[Node] = []
        for key, value in self.pairs or ():
            if key.text == "<<" and key.plain:
                merged += value.items or [value]
            else:
                yield key, value
        for other in merged:
            yield from (pair for pair in other.pairs or () if pair[0].text != "<<")

    def key(self, name: str) -> "Node":
        """Return the key of that name, where what it holds begins on a later line; itself when there is none."""
        return next((key for key, _ in self.entries() if key.text == name), self)

    def each(self) -> list["Node"]:
        """Return the items of a sequence; a single scalar is a sequence of one."""
        return self.items if self.items is not None else [self] if self.text is not None else []

    def text_at(self, name: str) -> str:
        """Return the text under a key; empty when there is none."""
        value = self.get(name)
        return value.text or "" if value is not None else ""


class UnreadableError(Exception):
    """A document that cannot be read: what is wrong, where, and which kind of fault that is."""

    def __init__(self, message: str, line: int, column: int, kind: str = "yaml") -> None:
        self.line, self.column, self.kind = line, column, kind
        super().__init__(message)


def documents(text: str) -> Iterator[Node]:
    """Yield the documents of a YAML text. Raises UnreadableError."""
    import yaml  # takes 30 ms, which a check without YAML need not spend

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    building = _NodeBuilder(yaml)
    try:
        for event in yaml.parse(text, Loader=loader):
            finished = building.take(event)
            if finished is not None:
                yield finished
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise UnreadableError(error.problem or "it cannot be read", line, column) from None
    except yaml.YAMLError as error:
        raise UnreadableError(str(error).splitlines()[0], 1, 1) from None


class _NodeBuilder:
    """The document that is being read."""

    def __init__(self, yaml: Any) -> None:
        self._open: list[Node] = []
        self._keys: list[Node | None] = []  # for each open mapping, the key that waits for its value
        self._named: dict[str, Node] = {}
        self._takes = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start,
        }

    def take(self, event: Any) -> Node | None:
        """Take one event in; return the document when it is its last one."""
        taking = self._takes.get(type(event))
        node = taking(event) if taking else None
        if node is None or not self._open:
            return node
        self._put(node, event)
        return None

    def _start(self, _event: Any) -> None:
        self._named = {}

    def _scalar(self, event: Any) -> Node:
        node = self._node(event)
        node.text = event.value
        node.plain = not event.style
        node.block = event.style in ("|", ">")
        return node

    def _mapping(self, event: Any) -> None:
        node = self._node(event)
        node.pairs = []
        self._opened(node)

    def _sequence(self, event: Any) -> None:
        node = self._node(event)
        node.items = []
        self._opened(node)

    def _end(self, _event: Any) -> Node:
        self._keys.pop()
        return self._open.pop()

    def _alias(self, event: Any) -> Node:
        named = self._named.get(event.anchor)
        if named is None:
            mark = event.start_mark
            raise UnreadableError(f"nothing before it is named &{event.anchor}", mark.line + 1, mark.column + 1)
        return named

    def _node(self, event: Any) -> Node:
        node = Node(event.start_mark.line + 1, event.start_mark.column + 1)
        node.tag = event.tag
        if event.anchor:
            self._named[event.anchor] = node
        return node

    def _opened(self, node: Node) -> None:
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > DEEPEST:
            raise UnreadableError(f"it is nested more than {DEEPEST} levels deep", node.line, node.column)

    def _put(self, node: Node, event: Any) -> None:
        """Put a finished node where it belongs."""
        parent = self._open[-1]
        parent.size += node.size
        if parent.size > MOST:
            message = f"with its aliases expanded it has more than {MOST:,} values"
            raise UnreadableError(message, event.start_mark.line + 1, event.start_mark.column + 1, "bomb")
        key = self._keys[-1]
        if parent.pairs is None:
            assert parent.items is not None
            parent.items.append(node)
        elif key is None:
            self._keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self._keys[-1] = None
