"""`requirements.txt`, where it stands in the place of a lock file."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.service.lock import LOCKS
from stead.model import Problem, SourceLocation

FILE = "requirements.txt"
OTHERS = frozenset(LOCKS["pyproject.toml"]) - {FILE}
NAME = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)")
PINNED = ("==", "@")
CONSTRAINED = re.compile(r"(?m)^[ \t]*(?:-c|--constraint)\b")


@rule("SERVICE031")
def requirements_name_versions(context: Context) -> Iterator[Problem]:
    """A `requirements.txt` from which a service is installed names the version of each package.

    `flask` or `flask>=3` installs whatever is the newest at the hour of the build: two images of one commit differ, and
    a release of a stranger can break a delivery in which nothing changed. Write `flask==3.1.0`, or let
    `uv pip compile` or `pip-compile` write the file. Not asked where there is a lock file, or a file of constraints.
    """
    for folder in dict.fromkeys(folder for folder in context.folders.values() if folder):
        file = folder / FILE
        text = context.tree.text(file) if file in context.tree.known else None
        if text is None or CONSTRAINED.search(text) or any(folder / name in context.tree.known for name in OTHERS):
            continue
        loose = list(_loose(text))
        if loose:
            number, name = loose[0]
            more = f", and {len(loose) - 1} more have none" if len(loose) > 1 else ""
            message = f"{name} has no fixed version{more}"
            yield Problem("SERVICE031", message, SourceLocation(str(file), number, 1), f"write {name}==VERSION")


def _loose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each package whose version is free."""
    for number, line in enumerate(text.splitlines(), 1):
        found = NAME.match(line.partition(" #")[0].partition(";")[0].strip())
        if found and not found[2].lstrip().startswith(PINNED):
            yield number, found[1]


RULES = (requirements_name_versions,)
