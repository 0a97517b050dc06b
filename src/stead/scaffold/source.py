"""A Python file that is changed at places of its syntax tree; all else stays byte for byte.

A tree counts columns in bytes of UTF-8, so the text is held as bytes.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

OPEN = {ord("]"), ord(")"), ord("}")}
STEP = "    "
WIDTH = 120


@dataclass(slots=True)
class Source:
    """A file and the changes to it: (from, to, text in place of what is there), in bytes."""

    raw: bytes
    tree: ast.Module
    changes: list[tuple[int, int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Source":
        return cls(text.encode(), ast.parse(text))

    def changed(self) -> str:
        """Return the text with every change in it; of two at one place, the later one comes first."""
        result = self.raw
        for start, end, text in sorted(self.changes, key=lambda change: change[0], reverse=True):
            result = result[:start] + text.encode() + result[end:]
        return result.decode()

    def start(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def text(self, node: ast.stmt | ast.expr) -> str:
        return self.raw[self.start(node) : self.end(node)].decode()

    def closes(self, node: ast.expr) -> bool:
        """Return whether an expression ends in a bracket of its own."""
        return self.raw[self.end(node) - 1] in OPEN and self.raw[self.start(node)] in b"[("

    def replace(self, node: ast.stmt | ast.expr, text: str) -> None:
        self.changes.append((self.start(node), self.end(node), self._ended(text)))

    def wrap(self, node: ast.expr, before: str, after: str) -> None:
        self._insert(self.start(node), before)
        self._insert(self.end(node), after)

    def after(self, statement: ast.stmt, text: str) -> None:
        """Insert text after the line on which a statement ends, its comment included."""
        end = self.raw.find(b"\n", self.end(statement))
        self._insert(len(self.raw) if end < 0 else end - self.raw[:end].endswith(b"\r"), text)

    def before(self, statement: ast.stmt, text: str) -> None:
        """Insert text before the line on which a statement starts."""
        self._insert(self._lines[statement.lineno - 1], text)

    def append(self, node: ast.expr, inner: Sequence[ast.expr], text: str) -> None:
        """Add an element to what is between a node's brackets, in the layout that is there."""
        close = self.end(node) - 1
        if not inner:
            self._insert(close, text)
            return
        last = max(self.end(each) for each in inner)
        tail = self.raw[last:close]
        line = tail.rfind(b"\n")
        if line < 0:
            self._append_on_line(node, inner, last, text)
            return
        comma = b"," in _without_comments(tail)
        place = last + line - tail[:line].endswith(b"\r")
        new = f"\n{self._indent(max(inner, key=self.end), node)}{text}{',' if comma else ''}"
        if comma or place > last:
            self._insert(place, new)
        if not comma:
            self._insert(last, "," if place > last else f",{new}")

    def _append_on_line(self, node: ast.expr, inner: Sequence[ast.expr], last: int, text: str) -> None:
        """Add an element to a line; a list that would make it too long gets a line for each of its elements."""
        start = self._lines[node.lineno - 1]
        line = self.raw[start:].partition(b"\n")[0].decode()
        if len(f"{line}, {text}") <= WIDTH or not isinstance(node, ast.List) or node.lineno != node.end_lineno:
            self._insert(last, f", {text}")
            return
        indent = line[: len(line) - len(line.lstrip())]
        rows = "".join(f"{indent}{STEP}{each},\n" for each in (*map(self.text, inner), text))
        self.changes.append((self.start(node) + 1, self.end(node) - 1, self._ended(f"\n{rows}{indent}")))

    def _indent(self, element: ast.expr, node: ast.expr) -> str:
        """Return the white space before an element that begins its line; else a step more than the bracket's line."""
        line = self._lines[element.lineno - 1]
        before = self.raw[line : self.start(element)].decode()
        if not before.strip() or before.strip().endswith("="):
            return before[: len(before) - len(before.lstrip())]
        line = self._lines[(node.end_lineno or 1) - 1]
        closing = self.raw[line : self.end(node)].decode()
        return closing[: len(closing) - len(closing.lstrip())] + STEP

    def _insert(self, place: int, text: str) -> None:
        self.changes.append((place, place, self._ended(text)))

    def _ended(self, text: str) -> str:
        """Return text with the file's own kind of line ends."""
        return text.replace("\n", "\r\n" if b"\r\n" in self.raw else "\n")

    @property
    def _lines(self) -> list[int]:
        """Where each line starts."""
        return [0, *accumulate(len(line) for line in self.raw.splitlines(keepends=True))]


def _without_comments(tail: bytes) -> bytes:
    return b"\n".join(line.partition(b"#")[0] for line in tail.split(b"\n"))
