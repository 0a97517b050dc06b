"""Schema: where one takes less than an earlier one did, or promises less.

Two schemas are walked together, references followed, each pair once (so that a schema which holds itself ends). A
choice (`oneOf`, `anyOf`, several types) is a list of alternatives; those of the same type are compared with each other.
A pattern that is written in another way counts as changed; `not` and conditions are not looked at.
"""

from collections.abc import Callable, Iterator
from typing import Any

from stead.check.openapi import schema_difference
from stead.check.openapi.document import DEEPEST, Document, Part, Pointer, part, parts

Typed = tuple[Pointer, Any]  # a schema, and where it is
Way = tuple[Pointer, Part]  # an alternative: a schema of one type at the most
Found = Iterator[tuple[Pointer, str]]
Judge = Callable[[Part, Part, str], Iterator[str]]

WIDER = {"integer": "number"}  # each whole number is a number


class Schemas:
    """The schemas of two documents, the earlier one first. `sent` says that they are for what a caller sends."""

    def __init__(self, old: Document, new: Document, *, sent: bool) -> None:
        self.old, self.new, self.sent = old, new, sent

    def narrowed(self, one: Typed, two: Typed, name: str) -> Found:
        """Yield where less may be sent than before."""
        return self._walk(one, two, name, schema_difference.takes_less, types=True)

    def needed(self, one: Typed, two: Typed, name: str) -> Found:
        """Yield the fields that must be sent now, and could be left out."""
        return self._walk(one, two, name, schema_difference.needs_more)

    def lost(self, one: Typed, two: Typed, name: str) -> Found:
        """Yield the fields that came back, and do not any more."""
        return self._walk(one, two, name, schema_difference.lost)

    def widened(self, one: Typed, two: Typed, name: str) -> Found:
        """Yield where something else may come back than before."""
        return self._walk(one, two, name, schema_difference.differing_values, types=True)

    def _walk(self, one: Typed, two: Typed, name: str, judge: Judge, *, types: bool = False) -> Found:
        """Check each pair of alternatives below two schemas against a judge, and where asked to, their types."""
        waiting = [(one, two, name)]
        context: set[tuple[Pointer, Pointer]] = set()
        compared: set[tuple[Pointer, Pointer]] = set()
        while waiting:
            first, second, called = waiting.pop()
            before, after = _alternatives(self.old, first), _alternatives(self.new, second)
            if (first[0], second[0]) in context or len(first[0]) > DEEPEST or not before or not after:
                continue
            context.add((first[0], second[0]))
            if types and self._types_differ(before, after):
                yield after[0][0], f"{called} is {_types(after)}, where it was {_types(before)}"
            for way in before:
                met = self._counterpart(way, after)
                if met is not None and (way[0], met[0]) not in compared:
                    compared.add((way[0], met[0]))
                    yield from ((met[0], words) for words in judge(way[1], met[1], called))
                    waiting += _inside(way, met, called)

    def _fits(self, before: Part, after: Part) -> bool:
        """Return whether a type may become another: what is sent a wider one, what comes back a narrower one."""
        inner, outer = (before, after) if self.sent else (after, before)
        return kind(outer) in ("", kind(inner)) or WIDER.get(kind(inner)) == kind(outer)

    def _types_differ(self, before: list[Way], after: list[Way]) -> bool:
        """Return whether a type is taken no more, or comes back and never did."""
        if self.sent:
            return not all(any(self._fits(way[1], other[1]) for other in after) for way in before)
        return not all(any(self._fits(other[1], way[1]) for other in before) for way in after)

    def _counterpart(self, way: Way, others: list[Way]) -> Way | None:
        """Return the alternative that stands for an earlier one: the same one, or else the first of its type."""
        fitting = [other for other in others if self._fits(way[1], other[1])]
        same = [other for other in fitting if other[0] == way[0] or _title(other[1]) == _title(way[1]) != ""]
        alike = [other for other in fitting if kind(other[1]) == kind(way[1])]
        return next(iter(same or alike or fitting), None)


def _alternatives(document: Document, typed: Typed, deep: int = 8) -> list[Way]:
    """Return the alternatives of a schema; none where there is no schema."""
    pointer, node = document.followed(*typed)
    node = _merged_schema(document, pointer, node)
    for key in ("oneOf", "anyOf"):
        if isinstance(node.get(key), list) and deep:
            rest = {name: value for name, value in node.items() if name != key}
            inner = (
                _alternatives(document, ((*pointer, key, at), each), deep - 1) for at, each in enumerate(node[key])
            )
            return [(at, {**rest, **way}) for ways in inner for at, way in ways]
    if isinstance(node.get("type"), list):
        return [(pointer, {**node, "type": each}) for each in node["type"]]
    if node.get("nullable") is True:
        return [(pointer, node), (pointer, {"type": "null"})]
    return [(pointer, node)] if isinstance(typed[1], dict | bool) else []


def _merged_schema(document: Document, pointer: Pointer, schema: Part) -> Part:
    """Return a schema with what it is made of (`allOf`) put together."""
    if not isinstance(schema.get("allOf"), list):
        return schema
    made = {name: value for name, value in schema.items() if name != "allOf"}
    for number, each in enumerate(schema["allOf"]):
        _, one = document.followed((*pointer, "allOf", number), each)
        made = {
            **one,
            **made,
            "properties": {**part(one.get("properties")), **part(made.get("properties"))},
            "required": [*parts(one.get("required")), *parts(made.get("required"))],
        }
    return made


def kind(schema: Part) -> str:
    """Return the type of an alternative: what it says, or what it must be by what else it says; empty: any."""
    if isinstance(schema.get("type"), str):
        return str(schema["type"])
    values = schema_difference.values(schema)
    if values is not None:
        return "null" if values == [None] else "string" if all(isinstance(value, str) for value in values) else ""
    return "object" if "properties" in schema else "array" if "items" in schema else ""


def _title(schema: Part) -> str:
    title = schema.get("title")
    return title if isinstance(title, str) else ""


def _types(ways: list[Way]) -> str:
    return " or ".join(dict.fromkeys(kind(way) or "anything" for _, way in ways))


def _inside(one: Way, two: Way, name: str) -> Iterator[tuple[Typed, Typed, str]]:
    """Yield the pairs of schemas that two alternatives hold."""
    before, after = part(one[1].get("properties")), part(two[1].get("properties"))
    for field in (field for field in before if field in after):
        inner = field if name in ("the body", "the answer") else f"{field} of {name}"
        yield ((*one[0], "properties", field), before[field]), ((*two[0], "properties", field), after[field]), inner
    for key, called in (("items", f"an item of {name}"), ("additionalProperties", f"a value of {name}")):
        if isinstance(one[1].get(key), dict) and isinstance(two[1].get(key), dict):
            yield ((*one[0], key), one[1][key]), ((*two[0], key), two[1][key]), called
