"""Edits: functions of the description that change the typed values of rendered files before they are written.

    def more_memory(file: ComposeFile) -> ComposeFile:
        return replace(file, …)

    backend = Backend(…, edits=[more_memory])

An edit gets every value of the type of its first parameter, when the target of that type is rendered. Rejected: patches
of the text, which have no types and break when a line moves.
"""

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, get_type_hints

from stead.model import Backend, Problem, SourceLocation
from stead.render.problem import RenderError

T = TypeVar("T")


def edited(backend: Backend, value: T) -> T:
    """Return the value as the description's edits leave it; RenderError when one fails, or returns anything else."""
    for edit in backend.edits:
        if kind_of(edit) is type(value):
            changed = _called(edit, value)
            if type(changed) is not type(value):
                message = f"the edit {_name(edit)} returns a {type(changed).__name__}, not a {type(value).__name__}"
                raise RenderError([Problem("EDIT002", message, place_of(edit), "return a value of the same type")])
            value = changed
    return value


def _called(edit: Callable[[Any], Any], value: object) -> Any:
    """Call an edit; whatever it raises is a problem of the description, since its code is a part of it."""
    try:
        return edit(value)
    except Exception as error:  # an edit may raise anything
        message = f"the edit {_name(edit)} raises {_raised(error)}{_line_of(edit, error)}"
        mend = "change only values that exist, and return other values unchanged"
        raise RenderError([Problem("EDIT003", message, place_of(edit), mend)]) from error


def _raised(error: Exception) -> str:
    """Name an error with the first line of its text."""
    text = str(error).strip()
    return type(error).__name__ + (f": {text.splitlines()[0]}" if text else "")


def _line_of(edit: Callable[[Any], Any], error: Exception) -> str:
    """Return the line of the edit's own file that raised the error."""
    file = place_of(edit).file
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f", on line {lines[-1]}" if lines else ""


def problems(backend: Backend, editable: Iterable[type]) -> Iterator[Problem]:
    """Yield the edits that never apply: nothing of their type is rendered."""
    kinds = {kind.__name__: kind for kind in editable}
    for edit in backend.edits:
        if kind_of(edit) not in kinds.values():
            message = f"the edit {_name(edit)} matches no rendered type"
            mend = f"annotate its first parameter with one of {', '.join(sorted(kinds))}"
            yield Problem("EDIT001", message, place_of(edit), mend)


def kind_of(edit: Callable[[Any], Any]) -> type | None:
    """Return the type of an edit's values; None without an annotation."""
    try:
        hints = get_type_hints(edit)
    except (NameError, TypeError, AttributeError):  # an annotation that names nothing, or an object without annotations
        return None
    names = list(inspect.signature(edit).parameters)
    kind = hints.get(names[0]) if names else None
    return kind if isinstance(kind, type) else None


def place_of(edit: Callable[[Any], Any]) -> SourceLocation:
    code = getattr(edit, "__code__", None)
    return SourceLocation(code.co_filename, code.co_firstlineno) if code else SourceLocation("<unknown>")


def _name(edit: Callable[[Any], Any]) -> str:
    return getattr(edit, "__name__", type(edit).__name__)
