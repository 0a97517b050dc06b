"""Build: an image from a Dockerfile of the project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stead.model.source_location import SourceLocation, here


@dataclass(frozen=True)
class Build:
    """The build of an image from an existing Dockerfile.

    context     the folder that the build sees; relative to the backend.py
    dockerfile  relative to the context
    target      the stage to build; the last one where none is named
    args        values of its build arguments; never a secret, since an image keeps them
    """

    context: str | Path = "."
    dockerfile: str = "Dockerfile"
    target: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


def as_build(given: "str | Path | Build | None") -> Build | None:
    """Return a build; a path is the folder of a Dockerfile."""
    if given is None or isinstance(given, Build):
        return given
    return Build(given) if given else None
