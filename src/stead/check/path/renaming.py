"""Renaming: a path that a file says by an old name is written again, where there is one name only that it can mean."""

import posixpath
from pathlib import Path

from stead.check.context import Context
from stead.check.fix import Edit, Step
from stead.check.path.resolved_path import ResolvedPath, resolved_paths, targets
from stead.model import Problem

VARIABLE = "@"  # starts a value that came from a variable: its text stands in another place


def renaming(context: Context, problem: Problem) -> list[Step]:
    """Offer to write a path with the case that the file has, or through the new name of its folder."""
    found = (
        each for each in context.once(resolved_paths) if each.place == problem.place and _is_in_message(each, problem)
    )
    return [step for each in found if (step := _edit(context, each))][:1]


def _is_in_message(each: ResolvedPath, problem: Problem) -> bool:
    return each.at.text in problem.message and not each.at.text.startswith(VARIABLE)


def _edit(context: Context, each: ResolvedPath) -> Step | None:
    candidates = _candidates(context, each)
    if len(candidates) != 1:
        return None
    old, new = each.at.text, _written(each, candidates[0])
    line = (context.tree.text(each.file) or "").split("\n")[each.at.line - 1]
    column = line.find(old, max(0, each.at.column - 1))
    return Edit(Path(each.file), each.at.line, column + 1, old, new) if column >= 0 else None


def _candidates(context: Context, each: ResolvedPath) -> list[str]:
    """Return what is there that a path can mean."""
    found = context.once(targets)
    path = posixpath.normpath(f"{each.base}/{each.at.text}")
    names = [each.target.near] if each.target.state == "case" else found.renames(path)
    return [name for name in names if found.find(name, (".",)).state == "there"]


def _written(each: ResolvedPath, candidate: str) -> str:
    """Return a path below the root as the file would write it."""
    written = posixpath.relpath(candidate, each.base)
    return f"./{written}" if each.at.text.startswith("./") and not written.startswith("..") else written
