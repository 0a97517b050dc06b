"""The targets: each makes typed values of a description, and texts of them. A new one is a folder and a line here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stead.model import Backend, Problem
from stead.render import compose, docker, edit, observability
from stead.render.drift import FOLDER
from stead.render.mark import marked
from stead.render.problem import RenderError


@dataclass(frozen=True, slots=True)
class Target:
    """One target.

    files     backend → text, by the path below `deploy/`, still without marks
    problems  backend → what the target cannot keep of it
    editable  the types of values that a description's edits may change
    """

    files: Callable[[Backend], Mapping[str, str]]
    problems: Callable[[Backend], Sequence[Problem]]
    editable: tuple[type, ...]


TARGETS: Mapping[str, Target] = {
    "docker": Target(docker.files, docker.problems, docker.EDITABLE),
    "compose": Target(compose.files, compose.problems, compose.EDITABLE),
    "observability": Target(observability.files, observability.problems, observability.EDITABLE),
}


def generated(backend: Backend, targets: Sequence[str] = tuple(TARGETS)) -> dict[str, str]:
    """Return every rendered file, by its path relative to the backend.py's folder, sorted.

    Pure: the same description gives the same bytes. Raises RenderError with all that the targets cannot keep.
    """
    chosen = [TARGETS[name] for name in targets]
    found = [*edit.problems(backend, editable()), *(each for target in chosen for each in target.problems(backend))]
    if found:
        raise RenderError(found)
    texts = {f"{FOLDER}/{path}": text for target in chosen for path, text in target.files(backend).items()}
    return {path: marked(path, texts[path]) for path in sorted(texts)}


def editable() -> tuple[type, ...]:
    """Return every type of value that an edit may take."""
    return tuple(kind for target in TARGETS.values() for kind in target.editable)
