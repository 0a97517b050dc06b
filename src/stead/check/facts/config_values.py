"""What a settings file says, value by value, each at its path: for rules that look at a whole file, and at several.

One file's values can be laid over another's only when all files are read, so that a reader alone cannot judge them.
A path's keys are parted by `PART`; before them stands what kind of value it is, one of `KINDS`.
"""

from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts.node import Node

PART = "\x1f"
SCALAR, MAP, LIST, RESET, OTHER_MAP, OTHER_LIST = KINDS = "=:-~;_"
MOST = 50_000  # values of one file; a file with more values is skipped
DEEPEST = 16
TOLD_BY = frozenset(
    {"scrape_configs", "groups", "schema_config", "datasources"}
)  # Prometheus, its rules, Loki, Grafana


def add_facts(root: Node, facts: Facts) -> None:
    """Add every value of a document, those of a mapping and a list after itself."""
    found: list[At] = []
    for at in _walk(root, "", 0):
        found.append(at)
        if len(found) > MOST:
            facts.faults.append(At(f"it has more than {MOST:,} values, and was not looked at", 1, 1, "unread"))
            return
    facts.values += found


def _walk(node: Node, path: str, depth: int) -> Iterator[At]:
    """Yield what is below a node; deeper than any settings file is, nothing is looked at."""
    if depth >= DEEPEST:
        return
    known: set[str | None] = set()
    for key, value in node.entries() if node.pairs else ():
        if key.text not in known:  # its own keys come before the merged ones
            known.add(key.text)
            yield from _one(value, key, f"{path}{PART}{key.text}", depth)
    for number, item in enumerate(node.items or ()):
        yield from _one(item, item, f"{path}{PART}{number}", depth)


def _one(node: Node, where: Node, path: str, depth: int) -> Iterator[At]:
    yield At(node.text or "", where.line, where.column, _kind(node) + path)
    yield from _walk(node, path, depth + 1)


def _kind(node: Node) -> str:
    if node.tag == "!reset":
        return RESET
    other = node.tag == "!override"
    if node.pairs is not None:
        return OTHER_MAP if other else MAP
    return SCALAR if node.items is None else OTHER_LIST if other else LIST
