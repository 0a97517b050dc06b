"""Schemas of cloud providers, read from `providers/*.yaml`.

`name: string!` is a required argument, `?` an optional one, `=` what the provider computes, `?=` both, `*` one that is
written and never read. `name[]` is a block of which there may be many, `name[set]` a set of them, `name[1]` at most
one; `name{}` is an object and `name{*}` a map of objects, given as an argument; `name=` is a list of computed objects.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "providers"
SINGLE, LIST, SET, MAP = 1, 2, 3, 4
NESTING = {"[]": LIST, "[set]": SET, "[1]": SINGLE, "{}": SINGLE, "{*}": MAP}


@dataclass(frozen=True)
class Argument:
    """An argument or an attribute; `inner` is there where it is an object, `block` where it is written as a block."""

    name: str
    type: object = None
    required: bool = False
    optional: bool = False
    computed: bool = False
    write_only: bool = False
    inner: tuple = ()
    nesting: int = 0
    block: bool = False


@cache
def read(provider):
    """Return the schemas of a provider: `provider`, `resources`, `data`, `ephemeral`, and values by name."""
    text = yaml.safe_load((FOLDER / f"{provider}.yaml").read_text())
    kinds = {
        kind: {name: arguments(each) for name, each in text.get(kind, {}).items()}
        for kind in ("resources", "data", "ephemeral")
    }
    return kinds | {"provider": arguments(text.get("provider", {})), "values": text.get("values", {})}


def arguments(described):
    return tuple(_argument(key, value) for key, value in described.items())


def _argument(key, value):
    if isinstance(value, str):
        kind, mark = re.fullmatch(r"([a-z()]+)([!?=*]*)", value).groups()
        return Argument(key, _type(kind), "!" in mark, "?" in mark, "=" in mark, "*" in mark)
    if key.endswith("="):
        return Argument(key[:-1], _objects(value), computed=True)
    name, suffix = re.fullmatch(r"(\w+)(\W.*)", key).groups()
    inner, block = arguments(value), suffix.startswith("[")
    return Argument(name, optional=not block, inner=inner, nesting=NESTING[suffix], block=block)


def _type(kind):
    outer, _, inner = kind.rstrip(")").partition("(")
    return [outer, inner] if inner else kind


def _objects(members):
    """Return the type of a computed list, or set, of objects."""
    fields = {
        key.rstrip("="): _objects(value) if isinstance(value, dict) else _type(value)
        for key, value in members.items()
        if key != "#"
    }
    return [members["#"], ["object", fields]]


def block(messages, described):
    """Return a block of the protocol."""
    return messages["Block"](
        attributes=[_attribute(messages, each) for each in described if not each.block],
        block_types=[
            messages["Nested"](
                type_name=each.name,
                block=block(messages, each.inner),
                nesting=each.nesting,
            )
            for each in described
            if each.block
        ],
    )


def _attribute(messages, each):
    flags = {"required": each.required, "optional": each.optional, "computed": each.computed}
    if not each.inner:
        kind = json.dumps(each.type).encode()
        return messages["Attribute"](name=each.name, type=kind, write_only=each.write_only, **flags)
    nested = messages["Object"](attributes=[_attribute(messages, one) for one in each.inner], nesting=each.nesting)
    return messages["Attribute"](name=each.name, nested_type=nested, **flags)
