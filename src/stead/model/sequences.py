"""Sequences of a description: any iterable becomes a tuple, a string does not become its letters."""

from collections.abc import Iterable
from typing import Any


def as_tuple(value: Iterable[Any]) -> Any:
    """Return a tuple of the values. A string is returned as it is, so that `stead.model.field_types` can report it."""
    return value if isinstance(value, str) else tuple(value)
