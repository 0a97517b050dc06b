"""Texts of a Compose file: plain text, and variables that Compose substitutes.

A `$` in plain text is doubled when it is written, so that no value of a description is treated as a variable.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Var:
    """A variable. Without `default` it is required, and `why` is Compose's message when it is missing."""

    name: str
    default: str | None = None
    why: str = ""

    def __str__(self) -> str:
        if self.default is not None:
            return f"${{{self.name}:-{escaped(self.default)}}}"
        return f"${{{self.name}:?{_without_braces(self.why or 'it is required')}}}"


@dataclass(frozen=True, slots=True)
class ConcatenatedText:
    """Several texts, one after the other."""

    parts: tuple[str | Var, ...]

    def __str__(self) -> str:
        return "".join(text(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class PassedThrough:
    """An environment variable that is passed on where it is set, and left out where it is not."""


Text = str | Var | ConcatenatedText


def text(value: Text) -> str:
    """Return a text as it is written."""
    return escaped(value) if isinstance(value, str) else str(value)


def escaped(plain: str) -> str:
    return plain.replace("$", "$$")


def _without_braces(words: str) -> str:
    """Leave out what would end the variable or begin another."""
    return re.sub(r"[${}\s]+", " ", words).strip()
