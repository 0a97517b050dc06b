"""What all environments have in common goes into the base; what differs there, into the environment's overlay.

Compose puts the two together again: mappings merge, and a list of the overlay is added to the base's. So a list is
never split; it is in one of the two as a whole. `merged` is Compose's rule, and a test holds base and overlay
against the whole by it.
"""

from collections.abc import Mapping
from typing import Any

from stead.render.compose.serialization import Tree

NEVER_IN_BASE = frozenset(("ports", "env_file", "build", "pull_policy"))


def split(files: Mapping[str, Tree], project: str) -> tuple[Tree, dict[str, Tree]]:
    """Return the base, and an overlay for each environment."""
    unnamed = [{key: value for key, value in file.items() if key != "name"} for file in files.values()]
    base = {"name": project} | _common(unnamed)  # a name belongs to one environment, even to the only one
    return base, {environment: _rest(file, base) for environment, file in files.items()}


def merged(base: Any, overlay: Any) -> Any:
    """Put an overlay on a base as Compose does."""
    if isinstance(base, dict) and isinstance(overlay, dict):
        both = {key: merged(base[key], overlay[key]) for key in base if key in overlay}
        return base | overlay | both
    return [*base, *overlay] if isinstance(base, list) and isinstance(overlay, list) else overlay


def _common(trees: list[Tree]) -> Tree:
    first, *others = trees
    found: Tree = {}
    for key, value in first.items():
        theirs = [other[key] for other in others if key in other]
        built_here = key == "image" and "build" in first
        if len(theirs) < len(others) or key in NEVER_IN_BASE or built_here:
            continue
        if isinstance(value, dict) and value and all(isinstance(other, dict) for other in theirs):
            inner = _common([value, *theirs])
            found |= {key: inner} if inner else {}
        elif all(other == value for other in theirs):
            found[key] = value
    return found


def _rest(whole: Any, base: Any) -> Tree:
    found: Tree = {}
    for key, value in whole.items():
        if key not in base:
            found[key] = value
        elif isinstance(value, dict) and isinstance(base[key], dict):
            inner = _rest(value, base[key])
            found |= {key: inner} if inner else {}
        elif value != base[key]:
            found[key] = value
    return found
