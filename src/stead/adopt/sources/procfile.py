"""Procfiles: the processes of a repository, and the line that starts each.

Source: https://devcenter.heroku.com/articles/procfile. `web` is what is reached from outside, `release` runs before the
others. A platform routes to every address of its container; on a person's machine that would be the whole network, so
`0.0.0.0` is written as HOST, which a container sets.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.adopt.environment import label
from stead.adopt.evidence import Evidence, RoutePart
from stead.adopt.text import shell_line

LINE = re.compile(r"(?m)^([A-Za-z0-9_-]{1,63}):[ \t]*(\S[^\n]{0,4000})$")
EVERYWHERE = re.compile(r"(?<![\w.])0\.0\.0\.0(?![\w.])")
HOST = "${HOST:-127.0.0.1}"
WEB, RELEASE = "web", "release"
KIND = "Procfiles"


def read(found: Evidence) -> None:
    """Add the processes of each Procfile; one that is `web` is reached from outside."""
    for path in found.named("Procfile"):
        found.add(_parts(found, path, found.tree.text(path) or ""), KIND)


def _parts(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    own = label(path.parent.name)
    for kind, line in LINE.findall(text):
        name = own if kind == WEB else f"{own}-{label(kind)}"
        if kind == WEB:
            found.exposed.add(name)
        part = RoutePart(name, found.name(path), "procfile", folder=found.folder(path.parent))
        part.command = shell_line(EVERYWHERE.sub(HOST, line.strip()))
        part.job, part.runs = kind == RELEASE, "before" if kind == RELEASE else ""
        yield part
