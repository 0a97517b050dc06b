"""What can be known of a process before it is started: its folder, and the files that it cannot be without.

A file that is missing is missing at the next try, too. The interpreter's own words for it end in a restart, and are
different for each of them.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from stead.model import Job, Service, SourceLocation
from stead.model.static_files import INDEX
from stead.run.error import RunError

INTERPRETERS = re.compile(r"(node|deno|bun|python|ruby|perl|php|sh|bash|dash|zsh|java)[\d.]*")
FILES = re.compile(r"[\w@%+=:,./-]+\.(js|cjs|mjs|ts|mts|cts|jsx|tsx|py|pyz|rb|pl|php|sh|bash|jar)")
BEFORE = {"java": "-jar", "deno": "run", "bun": "run"}  # the word after which a file is named


def must_be_there(command: Sequence[str], folder: Path, where: SourceLocation) -> None:
    """Raise RunError, with the line of the description, when the folder or the file of a command is missing."""
    if not folder.is_dir():
        raise RunError(f"its folder {folder} does not exist ({_line(where)}): create it, or change folder=")
    file = interpreted(command)
    if file and not (folder / file).exists():
        raise RunError(
            f"{command[0]} has the argument {file}, which is not in {folder} ({_line(where)}): build or fix it"
        )


def must_be_built(process: Service | Job, beside: Path) -> None:
    """Raise RunError, with the line of the description, when the build of a front end has not been run."""
    if isinstance(process, Job) or not process.static:
        return
    folder = (beside / process.static).resolve()
    if not (folder / INDEX).is_file():
        missing = f"{folder} has no {INDEX}" if folder.is_dir() else f"{folder} does not exist"
        raise RunError(f"{missing} ({_line(process.where)}): run the front end's build, or change static=")


def interpreted(command: Sequence[str]) -> str:
    """Return the file that a command gives to an interpreter as its program; nothing where that is not plain."""
    name = Path(command[0]).name if command else ""
    found = INTERPRETERS.fullmatch(name)
    if not found:
        return ""
    rest = list(command[1:])
    before = BEFORE.get(found[1])
    if before and rest[:1] == [before]:
        rest = rest[1:]
    return rest[0] if rest and FILES.fullmatch(rest[0]) else ""


def _line(where: SourceLocation) -> str:
    return str(SourceLocation(Path(where.file).name, where.line))
