"""The sources of secrets, one file each. A source gives all that it holds at once, and says when it cannot.

Errors:
    SourceError      the source cannot be asked now; the text never holds a value
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class SourceError(Exception):
    """A source that does not answer, or not in a way that can be used."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All values of a source at one time, and the version that they share where the source has versions."""

    values: Mapping[str, str] = field(repr=False)
    version: str | None = None


class Source(Protocol):
    """A source that returns all its secrets; SourceError when it is unavailable."""

    async def load(self) -> Snapshot: ...
