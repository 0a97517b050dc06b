"""Typed values → plain mappings and lists, as they are written."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from stead.render.compose.spec import ComposeFile
from stead.render.compose.text import ConcatenatedText, PassedThrough, Var, text

Tree = dict[str, Any]
SORTED = frozenset(("services", "networks", "volumes", "secrets", "environment", "args", "depends_on"))
KEEP_EMPTY = frozenset(("networks", "volumes"))  # keys where an entry without a value still has a meaning


def plain(file: ComposeFile) -> Tree:
    """Return a Compose file as mappings, lists and scalars; names sorted, fields in the order of the specification."""
    tree: Tree = _plain(file)
    tree.pop("environment")
    return tree


def _plain(value: Any) -> Any:
    if isinstance(value, (str, Var, ConcatenatedText)):
        return text(value)
    if isinstance(value, PassedThrough):
        return None
    if is_dataclass(value):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        if aliases := found.pop("aliases", None):
            found["networks"] = {
                name: {"aliases": aliases[name]} if name in aliases else {} for name in found["networks"]
            }
        return {
            name: _field(name, inner) for name, inner in found.items() if inner is not None and inner not in ((), {})
        }
    if isinstance(value, Mapping):
        return {text(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _field(name: str, value: Any) -> Any:
    if name in SORTED and isinstance(value, Mapping):
        value = dict(sorted(value.items()))
    made = _plain(value)
    if name in KEEP_EMPTY and isinstance(made, dict):
        return {key: inner or None for key, inner in made.items()}
    return made
