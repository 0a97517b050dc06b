"""Where a setting is said: the line of its class, or of the list in the description."""

import inspect
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from stead.check.context import Context
from stead.model import Gateway, Process, Setting, SourceLocation


def settings(context: Context) -> Iterator[tuple[Process, Setting]]:
    """Yield each setting that a process of the backend declares itself."""
    for process in context.backend.processes if context.backend else ():
        for setting in process.declared:
            yield process, setting


def declared_at(context: Context, process: Process, name: str) -> SourceLocation:
    """Return where a process declares a setting: the process's own place where that line is not the user's."""
    kind = None if isinstance(process, Gateway) else process.settings
    found = _in_class(kind, name, context) if isinstance(kind, type) else _in_list(process.where, name, context)
    return found or process.where


def _in_class(kind: type, name: str, context: Context) -> SourceLocation | None:
    field = re.compile(rf"(?m)^[ \t]+({re.escape(name.lower())})[ \t]*:")
    for each in kind.__mro__:
        if name.lower() in inspect.get_annotations(each):
            file = Path(_file(each) or context.file)
            text = context.tree.text(file) if file in context.tree.known else None
            start = text.find(f"class {each.__name__}") if text else -1
            found = field.search(text, start) if text and start >= 0 else None
            return _place(file, text, found.start(1)) if text and found else None
    return None


@lru_cache(maxsize=1024)
def _file(kind: type) -> str | None:
    try:
        return inspect.getsourcefile(kind)
    except TypeError:  # a class of the description itself, whose module is forgotten after it ran
        return None


def _in_list(where: SourceLocation, name: str, context: Context) -> SourceLocation | None:
    """Return where the description has the name in quotes: in the lines from the process on, or else anywhere."""
    file = Path(where.file)
    text = context.tree.text(file) if file in context.tree.known else None
    if text is None:
        return None
    start = _start(text, where.line)
    quoted = re.compile(rf"""["']{re.escape(name)}["']""")
    found = quoted.search(text, start) or quoted.search(text)
    return _place(file, text, found.start()) if found else None


def _start(text: str, line: int) -> int:
    position = 0
    for _ in range(line - 1):
        position = text.find("\n", position) + 1
    return position


def _place(file: Path, text: str, position: int) -> SourceLocation:
    return SourceLocation(str(file), text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))
