"""What the code says of a public noun: its kind, its summary, and its fields with type, default and meaning.

A meaning is a line of the noun's docstring that starts with the field's name. A field without such a line is an error,
so a new field cannot be added without its documentation.
"""

import dataclasses
import inspect
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from stead.model.setting import REQUIRED

NONE = "required"


@dataclass(frozen=True, slots=True)
class Field:
    """One field, parameter or member of a noun, as text."""

    name: str
    type: str
    default: str
    meaning: str


class UndocumentedError(Exception):
    """A public noun has fields that its docstring does not describe."""


def fields(noun: Any) -> tuple[Field, ...]:
    """Return what a user may write in a noun; UndocumentedError names every field without a meaning."""
    meanings = _meanings(noun)
    named = list(_members(noun))
    missing = [name for name, _, _ in named if name not in meanings]
    if missing:
        raise UndocumentedError(f"the docstring of {noun.__name__} does not describe {', '.join(missing)}")
    return tuple(Field(name, kind, default, meanings[name]) for name, kind, default in named)


def summary(noun: Any) -> str:
    """Return the docstring without the lines that describe fields."""
    blocks = inspect.cleandoc(noun.__doc__ or "").split("\n\n")
    names = [name for name, _, _ in _members(noun)]
    return "\n\n".join(block for block in blocks if not names or not _starts_with(block.splitlines()[0], names))


def bases(noun: Any) -> tuple[type, ...]:
    """Return the class and its bases inside Stead, the class first; nothing for a function."""
    order = inspect.getmro(noun) if isinstance(noun, type) else ()
    return tuple(base for base in order if base.__module__.startswith("stead."))


def _members(noun: Any) -> list[tuple[str, str, str]]:
    if isinstance(noun, type) and issubclass(noun, Enum):
        return [(member.name, "", repr(member.value)) for member in noun]
    if dataclasses.is_dataclass(noun):
        shown = [each for each in dataclasses.fields(noun) if each.name != "where"]
        return [(each.name, type_text(each.type), _default_of(each)) for each in shown]
    if inspect.isfunction(noun):
        return [_parameter(each) for each in inspect.signature(noun).parameters.values()]
    return []


def _parameter(parameter: inspect.Parameter) -> tuple[str, str, str]:
    given = parameter.default is not inspect.Parameter.empty
    return parameter.name, type_text(parameter.annotation), value_text(parameter.default) if given else NONE


def _default_of(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        return value_text(field.default_factory())
    return NONE if field.default is dataclasses.MISSING else value_text(field.default)


def type_text(annotation: Any) -> str:
    """Return a type as a user reads it: without modules, with `or` in place of the bar that would end a table cell."""
    text = annotation.__name__ if type(annotation) is type else str(annotation)
    text = re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?=\w)", "", text.replace("Service[typing.Any]", "Service"))
    return text.replace(" | ", " or ").replace("NoneType", "None")


def value_text(value: Any) -> str:
    """Return a default as a user would write it."""
    if value is REQUIRED:
        return NONE
    if isinstance(value, tuple) and value:
        return f"[{', '.join(value_text(each) for each in value)}]"
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return repr(value)
    usual = {each.name: _default_of(each) for each in dataclasses.fields(value)}
    changed = {name: value_text(getattr(value, name)) for name in usual if name != "where"}
    words = [text if usual[name] == NONE else f"{name}={text}" for name, text in changed.items() if text != usual[name]]
    return f"{type(value).__name__}({', '.join(words)})"


def _meanings(noun: Any) -> dict[str, str]:
    """Return the meaning of each field; a class inherits those of its bases."""
    found: dict[str, str] = {}
    for source in reversed(bases(noun) or (noun,)):
        names = [name for name, _, _ in _members(source)]
        found |= _described(inspect.cleandoc(source.__doc__ or ""), names)
    return found


def _described(docstring: str, names: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in docstring.splitlines():
        name, _, text = line.partition(" ")
        if _starts_with(line, names):
            current = found.setdefault(name, [])
            current.append(text.strip())
        elif current is not None and line.startswith("  "):
            current.append(line.strip())
        else:
            current = None
    return {name: " ".join(lines) for name, lines in found.items()}


def _starts_with(line: str, names: list[str]) -> bool:
    return any(re.match(rf"{name}(?:  +\S| (?=`)|$)", line) for name in names)
