"""Edits: functions of the description that change what is rendered, as typed values, before it is written.

    def more_memory(file: ComposeFile) -> ComposeFile:
        return replace(file, …)

    backend = Backend(…, edits=[more_memory])

An edit is given every value of the type that its first parameter is annotated with. The rejected option, patches of the
written text, has no types and breaks whenever a line moves.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, get_type_hints

from stead.model import Backend, Problem, SourceLocation
from stead.render.problem import RenderError

T = TypeVar("T")


def edited(backend: Backend, value: T) -> T:
    """Return the value as the description's edits leave it; RenderError when one returns anything else."""
    for edit in backend.edits:
        if kind_of(edit) is type(value):
            changed = edit(value)
            if type(changed) is not type(value):
                message = f"the edit {_name(edit)} returns a {type(changed).__name__}, not a {type(value).__name__}"
                raise RenderError([Problem("EDIT002", message, place_of(edit), "return the value that it was given")])
            value = changed
    return value


def problems(backend: Backend, editable: Iterable[type]) -> Iterator[Problem]:
    """Yield the edits that would never be asked: what they take is nothing that is rendered."""
    kinds = {kind.__name__: kind for kind in editable}
    for edit in backend.edits:
        if kind_of(edit) not in kinds.values():
            message = f"the edit {_name(edit)} is for nothing that is rendered"
            mend = f"annotate its first parameter with one of {', '.join(sorted(kinds))}"
            yield Problem("EDIT001", message, place_of(edit), mend)


def kind_of(edit: Callable[[Any], Any]) -> type | None:
    """Return the type of which an edit takes values; None where it does not say."""
    hints = get_type_hints(edit)
    names = list(inspect.signature(edit).parameters)
    kind = hints.get(names[0]) if names else None
    return kind if isinstance(kind, type) else None


def place_of(edit: Callable[[Any], Any]) -> SourceLocation:
    code = getattr(edit, "__code__", None)
    return SourceLocation(code.co_filename, code.co_firstlineno) if code else SourceLocation("<unknown>")


def _name(edit: Callable[[Any], Any]) -> str:
    return getattr(edit, "__name__", type(edit).__name__)
