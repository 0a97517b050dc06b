"""What the image of the apps in Python installs: what the lock file has, without the group `dev`."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.rule import rule
from stead.check.source import Runs, entry_of
from stead.model import Problem
from stead.render.docker.image_kind import PYTHON, image_of
from stead.render.docker.project import Project

MANIFEST, LOCK = "pyproject.toml", "uv.lock"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@rule("IMAGE040")
def what_an_app_imports_is_installed(context: Context) -> Iterator[Problem]:
    """What an app in Python imports is installed in its image, and not for development only.

    The rendered Dockerfile runs `uv sync --no-dev`, which leaves the group `dev` out: on this machine the app starts,
    and in its container it ends with `ModuleNotFoundError`. Asked of modules that have the name of their package. Move
    the package to `dependencies`, or to an extra.
    """
    left_out = context.once(_left_out)
    for process in context.runs if left_out else ():
        for file, at in _imports(context, process):
            package = _normal(at.text.partition(".")[0])
            if package in left_out:
                message = f"{process.name} imports {package}, which its image does not have: it is in the group dev"
                yield Problem("IMAGE040", message, place(file, at), f"move {package} to dependencies", process.where)


def _imports(context: Context, process: Runs) -> Iterator[tuple[Path, At]]:
    """Yield what an app imports in any case: an import that is set in may be for type checkers, or may be missing."""
    if entry_of(process) and image_of(process) == PYTHON:
        for file in context.sources[process.name]:
            if file in context.tree.known:
                yield from ((file, at) for at in context.facts(file).imports if at.column == 1)


def _left_out(context: Context) -> frozenset[str]:
    """Return the packages that the lock file has for development only."""
    if context.backend is None:
        return frozenset()
    project = Project.of(context.backend)
    try:
        manifest, lock = (tomllib.loads(project.text(name)) for name in (MANIFEST, LOCK))
    except tomllib.TOMLDecodeError:
        return frozenset()  # FILE013 tells of it
    named = (NAME.match(each) for each in manifest.get("dependency-groups", {}).get("dev", ()) if isinstance(each, str))
    return frozenset(_normal(found[0]) for found in named if found) - _installed(lock)


def _installed(lock: dict[str, Any]) -> frozenset[str]:
    """Return what the project itself needs, its extras included, and what these need in turn."""
    packages = {each["name"]: each for each in lock.get("package", ())}
    waiting = [name for name, each in packages.items() if {"editable", "virtual"} & each.get("source", {}).keys()]
    found = set()
    while waiting:
        each = packages.get(name := waiting.pop(), {})
        if name not in found:
            found.add(name)
            extras = each.get("optional-dependencies", {}).values()
            waiting += [needed["name"] for needs in (each.get("dependencies", ()), *extras) for needed in needs]
    return frozenset(map(_normal, found))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


RULES = (what_an_app_imports_is_installed,)
