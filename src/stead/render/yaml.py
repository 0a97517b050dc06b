"""YAML 1.2, written: mappings, sequences and scalars in block style. The same value gives the same bytes.

A writer of our own, since a library's choice of quotes, of line breaks and of order is another in its next version, and
every rendered file would change with it. A text stands without quotes only when no reader could take it for anything
else, YAML 1.1 included; all other texts are in double quotes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Self

STEP = "  "
_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*(?:[ :=,][A-Za-z0-9_./@+-]+)*")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"))
_STRANGE = re.compile(
    "[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)  # not printable in YAML, or a line break
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_TIMES = re.compile(r"[0-9:.+-]+")


class Commented(str):
    """A text with a comment behind it, on the same line."""

    __slots__ = ("comment",)

    def __new__(cls, text: str, comment: str) -> Self:
        made = super().__new__(cls, text)
        made.comment = comment
        return made

    comment: str


class Block(str):
    """A text of several lines that is written as it is read, such as a script."""

    __slots__ = ()


def written(value: Mapping[str, Any]) -> str:
    """Return a document: mappings, lists, str, int, float, bool and None."""
    lines: list[str] = []
    _mapping(lines, value, "")
    return "".join(f"{line}\n" for line in lines)


# One list for all lines: a generator in each level would hand on every line as often as it is deep.
def _mapping(lines: list[str], value: Mapping[str, Any], indent: str) -> None:
    for key, inner in value.items():
        _entry(lines, f"{indent}{scalar(key)}:", inner, indent + STEP)


def _sequence(lines: list[str], value: Sequence[Any], indent: str) -> None:
    for inner in value:
        if isinstance(inner, Mapping) and inner:
            first = len(lines)
            _mapping(lines, inner, indent + STEP)
            lines[first] = f"{indent}- {lines[first].lstrip(' ')}"
        else:
            _entry(lines, f"{indent}-", inner, indent + STEP)


def _entry(lines: list[str], head: str, inner: Any, indent: str) -> None:
    if inner.__class__ is str:  # most texts are
        lines.append(f"{head} {_text(inner)}")
    elif isinstance(inner, Mapping):
        lines.append(head if inner else f"{head} {{}}")
        _mapping(lines, inner, indent)
    elif isinstance(inner, (list, tuple)):
        lines.append(head if inner else f"{head} []")
        _sequence(lines, inner, indent)
    elif isinstance(inner, Block) and _is_block(inner):
        lines.append(f"{head} |" + ("" if inner.endswith("\n") else "-"))
        lines += (f"{indent}{line}" if line else "" for line in inner.removesuffix("\n").split("\n"))
    else:
        comment = f"  # {inner.comment}" if isinstance(inner, Commented) and inner.comment else ""
        lines.append(head if inner is None and head.endswith(":") else f"{head} {scalar(inner)}{comment}")


def _is_block(text: str) -> bool:
    """Return whether a literal block preserves a text: no lines of spaces, and none to strip at its ends."""
    lines = text.removesuffix("\n").split("\n")
    first = lines[0]
    ends = first[:1] not in ("", " ", "\t") and lines[-1] != ""
    return ends and not any(line.isspace() or _STRANGE.search(line) or _CONTROL.search(line) for line in lines)


def scalar(value: Any) -> str:
    """Return one value as it is in a document."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        number = json.dumps(value)
        return number if "e" not in number or "." in number else number.replace("e", ".0e")  # YAML 1.1 wants the point
    return _text(value)


@lru_cache(maxsize=1 << 14)  # the same keys and names stand in every object of a backend
def _text(text: str) -> str:
    return text if _is_plain(text) else quoted(text)


def quoted(text: str) -> str:
    """Return a text in double quotes: JSON's, and what YAML reads otherwise than JSON escaped."""
    return _STRANGE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _is_plain(text: str) -> bool:
    bare = text.lstrip(".").lower()
    return _PLAIN.fullmatch(text) is not None and bare not in _WORDS and not _TIMES.fullmatch(text)
