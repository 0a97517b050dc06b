"""HCL, written as `terraform fmt` leaves it: typed blocks and attributes, aligned; a text is never an expression."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

STEP = "  "


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression, as it is: `module.network.id`."""

    text: str


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its type, its labels, and its content."""

    type: str
    labels: tuple[str, ...] = ()
    body: tuple["Attribute | Block", ...] = ()


def written(blocks: Sequence[Block]) -> str:
    """Return a file."""
    return "\n".join("".join(f"{line}\n" for line in _block(block, "")) for block in blocks)


def _block(block: Block, indent: str) -> Iterator[str]:
    head = " ".join((block.type, *(json.dumps(label) for label in block.labels)))
    if not block.body:
        yield f"{indent}{head} {{}}"
        return
    yield f"{indent}{head} {{"
    yield from _body(block.body, indent + STEP)
    yield f"{indent}}}"


def _body(body: Sequence[Attribute | Block], indent: str) -> Iterator[str]:
    """Yield the content of a block: consecutive one-line attributes are aligned, other items are separated."""
    for number, part in enumerate(_parts(body)):
        if number:
            yield ""
        width = max((len(each.name) for each in part if isinstance(each, Attribute)), default=0)
        for each in part:
            yield from _block(each, indent) if isinstance(each, Block) else _attribute(each, width, indent)


def _parts(body: Sequence[Attribute | Block]) -> Iterator[list[Attribute | Block]]:
    for single, group in groupby(body, _is_line):
        each = list(group)
        yield from [each] if single else ([one] for one in each)


def _is_line(each: Attribute | Block) -> bool:
    return isinstance(each, Attribute) and not (isinstance(each.value, Mapping) and each.value)


def _attribute(each: Attribute, width: int, indent: str) -> Iterator[str]:
    if _is_line(each):
        yield f"{indent}{each.name.ljust(width)} = {value(each.value)}"
        return
    yield f"{indent}{each.name} = {{"
    yield from _pairs(each.value, indent + STEP)
    yield f"{indent}}}"


def _pairs(pairs: Mapping[str, Any], indent: str) -> Iterator[str]:
    width = max(len(_key(key)) for key in pairs)
    for key, inner in pairs.items():
        yield f"{indent}{_key(key).ljust(width)} = {value(inner)}"


def _key(text: str) -> str:
    return text if text.isidentifier() and text.isascii() else value(text)


def value(inner: Any) -> str:
    """Return a value on one line."""
    if isinstance(inner, Raw):
        return inner.text
    if isinstance(inner, bool):
        return "true" if inner else "false"
    if isinstance(inner, str):
        return json.dumps(inner, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    if isinstance(inner, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {value(each)}" for key, each in inner.items()) + " }" if inner else "{}"
    if isinstance(inner, (list, tuple)):
        return "[" + ", ".join(value(each) for each in inner) + "]"
    return str(inner)
