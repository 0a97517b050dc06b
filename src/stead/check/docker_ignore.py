"""What a `.dockerignore` leaves out of the folder that an image is built from.

Read as BuildKit reads it: the last line that fits decides, `!` admits again, and a folder takes along what is below.
Source: docs.docker.com, "Build context", section ".dockerignore files".
"""

import posixpath
import re
from functools import lru_cache
from pathlib import Path

from stead.check.context import Context


def ignore_files(file: Path, folders: list[Path]) -> list[Path]:
    """Return the `.dockerignore` files that may count for a Dockerfile; the first that is there does."""
    found = [file.with_name(f"{file.name}.dockerignore"), *(folder / ".dockerignore" for folder in folders)]
    return [Path(posixpath.normpath(path.as_posix())) for path in found]


def ignore_lines(context: Context, ignore: Path) -> tuple[Path, list[tuple[int, str]]] | None:
    """Return a `.dockerignore` with its lines, but for comments; None where it is not there, or says nothing."""
    text = context.tree.text(ignore) if ignore in context.tree.known else None
    lines = enumerate((text or "").splitlines(), start=1)
    found = [(number, line.strip()) for number, line in lines if line.strip()[:1] not in ("", "#")]
    return (ignore, found) if found else None


def left_out(name: str, patterns: list[tuple[int, str]]) -> bool:
    """Return whether a path is left out: the last pattern that fits it, or a folder above it, says so."""
    parts = name.split("/")
    above = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    out = False
    for _, pattern in patterns:
        fits = _pattern(pattern.lstrip("!").strip("/"))
        if any(fits.fullmatch(each) for each in above):
            out = not pattern.startswith("!")
    return out


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern of `.dockerignore`: a star stops at a slash, two of them do not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    expressions = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(expressions.get(part, re.escape(part)) for part in parts))
