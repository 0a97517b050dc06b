"""Targets of Makefiles that make takes for files."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from stead.check.context import Context
from stead.check.facts.pipeline import MAKEFILES
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

# No prerequisite, no second name; one with a dot or a slash is meant to be a file.
TARGET = re.compile(r"([A-Za-z0-9][\w-]*)[ \t]*::?(?![=:])[ \t]*(?:#.*)?")
PHONY = re.compile(r"^\.PHONY[ \t]*:(.*)$", re.MULTILINE)
OUTPUT = re.compile(r"\$@|\bmkdir\b")


@rule("FILE039")
def targets_are_not_files(context: Context) -> Iterator[Problem]:
    """A make target with the name of a file or a folder beside the Makefile is in `.PHONY`, where it makes no file.

    For make, the target `docs` beside the folder `docs/` is done: it answers `'docs' is up to date`, and its recipe
    never runs. Add the target to `.PHONY`.
    """
    for file in context.tree.named(*MAKEFILES):
        text = context.tree.text(file) or ""
        phony = _phony(context, text)
        for target, (number, recipe) in _without_prerequisites(text).items() if phony is not None else ():
            kind = _there(context, file.parent / target)
            makes_it = any(OUTPUT.search(line) or (kind == "file" and target in line) for line in recipe)
            if kind and recipe and target not in (phony or ()) and not makes_it:
                message = f"make takes {target} for the {kind} of this name, which is there, and never runs the recipe"
                yield Problem("FILE039", message, SourceLocation(str(file), number, 1), f"add .PHONY: {target}")


def _phony(context: Context, text: str) -> frozenset[str] | None:
    """Return the targets that are no files; None where they are the value of a variable."""
    others = (context.tree.text(path) or "" for path in context.tree.named("*.mk")) if "include" in text else ()
    lines = " ".join(found for each in (text, *others) for found in PHONY.findall(each.replace("\\\n", " ")))
    return None if "$" in lines else frozenset(lines.split())


def _without_prerequisites(text: str) -> Mapping[str, tuple[int, list[str]]]:
    """Return the targets without prerequisites: the number of the line, and the lines of the recipe."""
    found: dict[str, tuple[int, list[str]]] = {}
    recipe: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("\t"):
            recipe.append(line)
        elif line.strip() and not line.startswith("#"):
            recipe = []
            if named := TARGET.fullmatch(line.rstrip()):
                found[named[1]] = (number, recipe)
    return found


def _there(context: Context, path: Path) -> str:
    if path in context.tree.known:
        return "file"
    return "folder" if context.tree.below(path) else ""


RULES = (targets_are_not_files,)
