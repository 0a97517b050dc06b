"""The mark of a rendered file: its first line names its source, and holds a digest of the rest.

JSON has no comments. There the mark is the object's first member, on a line of its own below the brace: a file without
that line is JSON still, and its owner's.

It distinguishes rendered files, rendered files that were edited by hand, and files of the user. Rejected: a separate
list of digests, which conflicts after every merge, and does not cover a copied file.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

DESCRIPTION = "backend.py"
SHARED = "each backend.py"  # the source of a file that every backend of a repository writes alike
SAYS = "Made by `stead render` from {source}: change that, or delete this line to own the file."
DIGITS = 16
_SOURCE = r"(?P<source>each backend\.py|[^\s:]*backend\.py)"
_MARK = re.compile(re.escape(SAYS).replace(r"\{source\}", _SOURCE) + rf" \[(?P<digest>[0-9a-f]{{{DIGITS}}})\]")
_COMMENTS = {".alloy": ("// ", ""), ".md": ("<!-- ", " -->"), ".sql": ("-- ", "")} | dict.fromkeys(
    (".js", ".json5", ".jsonc", ".ts"), ("// ", "")
)
_FOLDER, _TEMPLATE = "/templates/", ("{{- /* ", " */ -}}")  # of a Helm chart: the mark is not in what it renders
_OBJECT = "{\n"


@dataclass(frozen=True, slots=True)
class Header:
    """The content of a file's first line; `intact` when the rest is unchanged since the render.

    source  the description that it was rendered from, as seen from the folder that owns it
    """

    digest: str
    intact: bool
    source: str = DESCRIPTION


def marked(path: str, body: str, source: str = DESCRIPTION) -> str:
    """Return the text of a rendered file: its mark, and the body."""
    says = SAYS.format(source=source)
    if path.endswith(".json"):
        rest = body.removeprefix(_OBJECT)
        return f'{_OBJECT}  "description": "{says} [{_digest(rest)}]",\n{rest}'
    before, after = _TEMPLATE if _FOLDER in path else _COMMENTS.get(PurePosixPath(path).suffix, ("# ", ""))
    return f"{before}{says} [{_digest(body)}]{after}\n{body}"


def mark_of(text: str) -> Header | None:
    """Return the mark of a file; None when it has none, so that the file is the user's own."""
    line, _, body = text.removeprefix(_OBJECT).partition("\n")
    found = _MARK.search(line)
    return Header(found["digest"], found["digest"] == _digest(body), found["source"]) if found else None


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:DIGITS]
