"""Schema difference: what is narrower, lost or different between two schemas of one type, without their parts."""

from collections.abc import Iterator
from typing import Any

from stead.check.openapi.document import Part, part, parts

UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
WRITTEN = ("pattern", "format", "multipleOf")


def takes_less(before: Part, after: Part, name: str) -> Iterator[str]:
    was, now = values(before), values(after)
    if now is not None and (was is None or any(value not in now for value in was)):
        gone = [value for value in was if value not in now] if was else []
        yield f"{name} may no longer be {shown(gone)}" if gone else f"{name} may only be {shown(now)}"
    for key, limit, earlier in _tighter(before, after):
        yield f"{key} of {name} is {limit:g}, where it was {'not bounded' if earlier is None else f'{earlier:g}'}"
    for key in WRITTEN:
        if key in after and after[key] != before.get(key):
            yield f"the {key} of {name} is {after[key]}, where it was {before.get(key, 'free')}"
    if after.get("additionalProperties") is False:
        for field in part(before.get("properties")):
            if field not in part(after.get("properties")):
                yield f"{name} takes no field {field} any more"


def _tighter(before: Part, after: Part) -> Iterator[tuple[str, float, float | None]]:
    """Yield the bounds that leave less room: which, now, and earlier."""
    for key in (*UPPER, *LOWER):
        limit, earlier = number(after.get(key)), number(before.get(key))
        sign = 1 if key in UPPER else -1
        if limit is not None and (earlier is None or (earlier - limit) * sign > 0):
            yield key, limit, earlier


def needs_more(before: Part, after: Part, name: str) -> Iterator[str]:
    known, now = part(before.get("properties")), part(after.get("properties"))
    for field in sorted(_required(after) - _required(before)):
        if part(now.get(field)).get("readOnly") is True:
            continue
        could = "could be left out" if field in known else "was not known"
        yield f"{name} needs the field {field}, which {could}"


def lost(before: Part, after: Part, name: str) -> Iterator[str]:
    for field in part(before.get("properties")):
        if field not in part(after.get("properties")):
            yield f"{name} has no field {field} any more"


def differing_values(before: Part, after: Part, name: str) -> Iterator[str]:
    was, now = values(before), values(after)
    if was is not None and (now is None or any(value not in was for value in now)):
        more = [value for value in now if value not in was] if now else []
        yield f"{name} may also be {shown(more)}" if more else f"{name} may be anything, where it was {shown(was)}"
    known = part(after.get("properties"))
    for field in sorted((_required(before) - _required(after)) & set(known)):
        yield f"{field} of {name} may be left out, where it was always there"
    if "format" in before and before["format"] != after.get("format"):
        yield f"the format of {name} is {after.get('format', 'free')}, where it was {before['format']}"


def _required(schema: Part) -> set[str]:
    return {field for field in parts(schema.get("required")) if isinstance(field, str)}


def values(schema: Part) -> list[Any] | None:
    """Return the values that a schema allows; None when it does not list them."""
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else None


def number(node: Any) -> float | None:
    return float(node) if isinstance(node, int | float) and not isinstance(node, bool) else None


def shown(node: Any) -> str:
    """Return values as a sentence has them."""
    return ", ".join(map(str, node)) if isinstance(node, list) and node else str(node or "none")
