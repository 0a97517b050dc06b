"""Layout: calls, lists and mappings on one line where they fit, and else one part a line, as ruff leaves them.

A remark is behind what it is about where both fit, and else above it. Laying out is done here, because ruff is a
tool for development that need not be installed where someone adopts a repository.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a group: with a name (`name=value`) or a key (`key: value`), and what is remarked of it."""

    value: "Expression"
    prefix: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A call, a list, a tuple or a mapping."""

    opening: str
    items: tuple[Item, ...]
    closing: str

    @property
    def flat(self) -> str:
        inner = ", ".join(item.prefix + flat(item.value) for item in self.items)
        return f"{self.opening}{inner}{',' if self.opening == '(' and len(self.items) == 1 else ''}{self.closing}"


Expression = str | Group


def call(name: str, *items: Item) -> Group:
    return Group(f"{name}(", items, ")")


def several(values: Iterable[Expression], brackets: str = "[]") -> Group:
    return Group(brackets[0], tuple(Item(value) for value in values), brackets[1])


def flat(value: Expression) -> str:
    return value if isinstance(value, str) else value.flat


def lines(
    value: Expression, before: str = "", after: str = "", depth: int = 0, remarks: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield the lines of a value with what is before and after it."""
    pad = INDENT * depth
    one_line = f"{pad}{before}{flat(value)}{after}"
    behind = f"  # {remarks[0]}" if len(remarks) == 1 else ""
    if not _is_remarked(value) and len(one_line) <= WIDTH:
        if len(remarks) == 1 and len(one_line) + len(behind) <= WIDTH:
            yield one_line + behind
        else:
            yield from comments(remarks, depth)
            yield one_line
        return
    yield from comments(remarks, depth)
    if isinstance(value, str) or not value.items:
        yield one_line
        return
    yield f"{pad}{before}{value.opening}"
    for item in value.items:
        yield from lines(item.value, item.prefix, ",", depth + 1, item.remarks)
    yield f"{pad}{value.closing}{after}"


def comments(remarks: Iterable[str], depth: int = 0) -> Iterator[str]:
    """Yield remarks as comments, each over as many lines as it takes."""
    pad = INDENT * depth
    for remark in remarks:
        yield from textwrap.wrap(
            remark,
            WIDTH,
            initial_indent=f"{pad}# ",
            subsequent_indent=f"{pad}#   ",
            break_on_hyphens=False,
            break_long_words=False,
        )


def _is_remarked(value: Expression) -> bool:
    """Return whether something inside has a remark, so that it needs a line of its own."""
    return not isinstance(value, str) and any(item.remarks or _is_remarked(item.value) for item in value.items)
