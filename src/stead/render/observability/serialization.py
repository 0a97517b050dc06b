"""Convert typed values to mappings and lists: None and empty fields are omitted.

A field with a Python keyword as its name ends in an underscore, `for_`, which is not written.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def plain(value: Any) -> Any:
    """Return a value without types, in the order of its fields."""
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name.rstrip("_"): getattr(value, field.name) for field in fields(value)}
        return {name: plain(inner) for name, inner in found.items() if inner is not None and inner not in ((), {})}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value
