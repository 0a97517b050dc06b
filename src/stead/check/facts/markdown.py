"""What a document links to, where a link into it may lead, and which paths its text names.

As CommonMark and GitHub read it: what is in code or in a comment is not a link. Rejected: a full CommonMark parser,
which takes 20 ms a page for what a search for brackets finds in one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.facts import At, Facts

LONGEST = 4_096  # characters of a line that are looked at
FENCE = re.compile(r"^ {0,3}(?:>\s*|[-*+] +|\d+[.)] +)*(`{3,}|~{3,})")
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(
    r"(?<!\\)(!?)\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,200}\]){0,300})\]\(\s*(<[^<>]{0,1000}>|[^\s()<>]{0,1000}(?:\([^\s()]{0,200}\)[^\s()]{0,200})?)(?:\s+[\"'(][^)]*)?\s*\)"
)
FULL = re.compile(r"(?<![\w\\\]])\[((?:[^\[\]\\]|\\.){1,300})\]\[(?!\^)([^\[\]]{1,200})\]")
DEFINED = re.compile(r"^ {0,3}\[(?!\^)([^\[\]]{1,200})\]:\s*(<[^<>]*>|\S+)")
TAG = re.compile(
    r"<(?:a|img|source|video)\b[^<>]{0,500}?\b(?:href|src)\s*=\s*[\"']([^\"'<>]{1,500})[\"']", re.IGNORECASE
)
NAMED = re.compile(r"<\w+\b[^<>]{0,300}?\b(?:id|name)\s*=\s*[\"']([^\"'<>]{1,200})[\"']", re.IGNORECASE)
HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+)[ \t]*$")
OWN = re.compile(
    r"\s*\{:?\s*#([\w-]+)[^{}]*\}\s*$"
)  # the name that a heading gives itself, as MkDocs and Pandoc have it
PATH = re.compile(r"^(?:\./)?[\w.@-]+(?:/[\w.@-]+)+/?$")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add links, anchors, and the paths that stand in code."""
    document = _Document(facts)
    for number, line in _prose(text):
        document.take(number, line[:LONGEST])
    document.done()


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines outside of fences and comments, with their numbers."""
    if "<!--" in text:
        text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        found = FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence:
            if found and found[1].startswith(fence) and not line[found.end() :].strip():
                fence = ""
        elif found and not (found[1][0] == "`" and "`" in line[found.end() :]):
            fence = found[1]
        else:
            yield number, line.rstrip("\r")


class _Document:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._counts: dict[str, int] = {}
        self._defined: set[str] = set()
        self._asked: list[At] = []
        self._before = (0, "")

    def take(self, number: int, line: str) -> None:
        self._heading(number, line)
        self._before = (number, line)
        if "<" in line:
            self._facts.anchors += [At(found, number, 0, "named") for found in NAMED.findall(line)]
            self._facts.links += [At(at[1], number, at.start(1) + 1, "tag") for at in TAG.finditer(line)]
        bare = line
        if "`" in line:
            self._spans(number, line)
            bare = SPAN.sub(lambda found: "`" * len(found[0]), line)
        if "](" in bare:
            self._links(number, bare)
        if "]:" in bare:
            self._definition(number, bare)
        elif "][" in bare:
            self._asked += [At(_label(at[2]), number, at.start() + 1, at[1]) for at in FULL.finditer(bare)]

    def done(self) -> None:
        """Add references whose definition the document lacks."""
        for at in self._asked:
            if at.text not in self._defined:
                self._facts.faults.append(At(at.text, at.line, at.column, "reference"))

    def _heading(self, number: int, line: str) -> None:
        found = HEADING.match(line) if line[:4].lstrip()[:1] == "#" else None
        before, above = self._before
        if found:
            self._anchor(number, found[2] or "")
        elif before == number - 1 and above.strip() and line[:1] in "=- " and line.strip() and UNDERLINE.match(line):
            self._anchor(before, above)

    def _anchor(self, number: int, title: str) -> None:
        own = OWN.search(title)
        if own:
            self._facts.anchors.append(At(own[1], number, 0, "named"))
        slug = slug_of(OWN.sub("", title))
        context = self._counts.get(slug, 0)
        self._counts[slug] = context + 1
        self._facts.anchors.append(At(f"{slug}-{context}" if context else slug, number))

    def _spans(self, number: int, line: str) -> None:
        for found in SPAN.finditer(line):
            if "/" in found[2] and PATH.match(found[2].strip()):
                self._facts.paths.append(At(found[2].strip(), number, found.start(2) + 1, "document mentioned"))

    def _links(self, number: int, line: str) -> None:
        for found in LINK.finditer(line):
            self._link(number, found.start(3) + 1, found[3], found[2])
            if "](" in found[2]:  # an image that is a link
                self._links_inside(number, found)

    def _links_inside(self, number: int, outer: re.Match[str]) -> None:
        for found in LINK.finditer(outer[2]):
            self._link(number, outer.start(2) + found.start(3) + 1, found[3], found[2])

    def _link(self, number: int, column: int, target: str, words: str) -> None:
        plain = target[1:-1] if target.startswith("<") else target
        if plain:
            self._facts.links.append(At(plain, number, column, words[:80]))

    def _definition(self, number: int, line: str) -> None:
        found = DEFINED.match(line)
        if found:
            self._defined.add(_label(found[1]))
            self._link(number, found.start(2) + 1, found[2], found[1])


def _label(text: str) -> str:
    return " ".join(text.lower().split())


def slug_of(title: str) -> str:
    """Return the anchor that GitHub gives a heading: lower case, without marks, spaces as hyphens."""
    plain = re.sub(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])", r"\1", title)
    plain = re.sub(r"<[^<>]*>", "", plain)
    plain = re.sub(r"(?<!\w)[_*]{1,3}([^_*]+)[_*]{1,3}(?!\w)", r"\1", plain).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
