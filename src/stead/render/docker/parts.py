"""The common parts of the Dockerfiles of all runtimes."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from stead.model import AnyService, Job
from stead.render.docker import pin
from stead.render.docker.dockerfile import (
    Arg,
    Entrypoint,
    Expose,
    Healthcheck,
    Instruction,
    Label,
    StopSignal,
    User,
)
from stead.render.docker.image_kind import PORT, USER
from stead.render.docker.project import Project
from stead.render.docker.shell_line import started_by

LABELS = {"version": "VERSION", "revision": "REVISION", "source": "SOURCE"}


@dataclass(frozen=True)
class Program:
    """A program with a rendered image.

    folder  where it runs, relative to the project
    health  the path that the image's own check asks, at `port`
    """

    process: AnyService | Job
    command: tuple[str, ...]
    folder: str
    health: str
    project: Project
    port: int

    @property
    def name(self) -> str:
        return self.process.name

    @property
    def starts(self) -> str:
        """What is started in the end, also by a line for a shell."""
        return started_by(self.command)[0]


@dataclass(frozen=True)
class ImageProblem:
    """Why no image of a program can be built, with the remedy."""

    message: str
    mend: str


class Runtime(Protocol):
    """One language: the image of a program, and its problems."""

    def instructions(self, program: Program) -> tuple[Instruction, ...]: ...
    def image_problems(self, program: Program) -> Iterator[ImageProblem]: ...
    def allowed(self, program: Program) -> tuple[str, ...]: ...


def paths(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a command that are paths of the project's own."""
    words = {
        word: posixpath.normpath(word) for word in command if not word.startswith(("-", "/", "..")) and ":" not in word
    }
    return tuple(path for word, path in words.items() if path != "." and ("/" in word or "." in path))


def bases(*pins: pin.Pin) -> tuple[Instruction, ...]:
    return tuple(Arg(each.name, each.image) for each in pins)


def labels() -> tuple[Instruction, ...]:
    arguments = tuple(Arg(name, "unknown") for name in LABELS.values())
    values = {f"org.opencontainers.image.{label}": f"${{{name}}}" for label, name in LABELS.items()}
    return (*arguments, Label(values))


def ending(health: tuple[str, ...], words: tuple[str, ...]) -> tuple[Instruction, ...]:
    return (User(USER), Expose(PORT), StopSignal("SIGTERM"), Healthcheck(health), Entrypoint(words))
