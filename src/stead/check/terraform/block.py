"""The blocks of a file of Terraform, of one line or many, by their braces outside of texts, comments and heredocs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|#[^\n]*|//[^\n]*|/\*|<<-?(\w+)[ \t]*\n|[{}]', re.DOTALL)
HEADER = re.compile(r'[ \t]*(\w+)((?:[ \t]+(?:"[^"\n]*"|[\w-]+))*)[ \t]*')
LABEL = re.compile(r'"([^"]*)"|([\w-]+)')
LONGEST = 300  # characters of a header: a longer one is none, so that the time grows with the length of a file alone
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Block:
    """One block.

    start    where its type begins in the text
    at, end  where its body begins and ends
    depth    how many blocks and objects it is in
    """

    text: str
    type: str
    labels: tuple[str, ...]
    start: int
    at: int
    end: int
    depth: int

    @property
    def body(self) -> str:
        return self.text[self.at : self.end]


def blocks(text: str, *types: str) -> list[Block]:
    """Return the blocks of these types, in the order of the text."""
    found = [each for each in _every(text) if each.type in types]
    return sorted(found, key=lambda each: each.start)


def resources(text: str) -> list[Block]:
    """Return the blocks of resources, whose labels are the type and the name."""
    return [each for each in blocks(text, "resource") if each.depth == 0 and len(each.labels) == 2]


def _every(text: str) -> Iterator[Block]:
    opened: list[int] = []
    for at in _braces(text):
        if text[at] == "{":
            opened.append(at)
        elif opened:
            start = opened.pop()
            block = _block(text, start, at, len(opened)) if len(opened) < DEEPEST else None
            if block:
                yield block


def _block(text: str, brace: int, end: int, depth: int) -> Block | None:
    """Return the block of a pair of braces; an object has no header."""
    line = text.rfind("\n", max(0, brace - LONGEST), brace) + 1
    if not line and brace > LONGEST:
        return None
    header = HEADER.fullmatch(text, line, brace)
    if header is None:
        return None
    labels = tuple(quoted or plain for quoted, plain in LABEL.findall(header[2]))
    return Block(text, header[1], labels, header.start(1), brace + 1, end, depth)


def _braces(text: str) -> Iterator[int]:
    """Yield the places of the braces of blocks and objects."""
    at = 0
    while found := TOKEN.search(text, at):
        at = found.end()
        if found[0] in ("{", "}"):
            yield found.start()
        elif found[0] == "/*":
            at = text.find("*/", at)
            if at < 0:
                return
        elif found[1]:
            closed = re.compile(rf"^[ \t]*{found[1]}[ \t]*$", re.MULTILINE).search(text, at)
            if closed is None:
                return
            at = closed.end()
