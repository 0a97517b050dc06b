"""`stead logs`: what the processes write."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.log_format import readable
from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.model.printable import printable
from stead.run.control_client import meant
from stead.run.error import RunError
from stead.run.log_file import tail
from stead.run.state_directory import Folder

PAUSE = 0.2  # seconds between two looks at the files


def logs(
    *words: Words,
    follow: Annotated[Flag, Parameter(["--follow", "-f"])] = False,
    lines: Annotated[int, Parameter(["--lines", "-n"])] = 50,
    raw: Flag = False,
) -> None:
    """Show what the processes write; all of them when none is named. The logs stay after a run has ended.

    Parameters
    ----------
    follow
        Go on showing what is added, until Ctrl-C.
    lines
        How many of the last lines.
    raw
        Show the lines as they were written, JSON and all.
    """
    path, names = path_and_names(words)
    files = _files(Folder(meant(path)), names)
    wide = 0 if len(files) == 1 else max((len(name) for name in files), default=0)
    for name, file in files.items():
        for line in tail(file, lines):
            _show(name, _shown(line, raw=raw), wide)
    if follow:
        for name, line in _added(files):
            _show(name, _shown(line, raw=raw), wide)


def _files(folder: Folder, names: tuple[str, ...]) -> dict[str, Path]:
    folder.refuse()
    found = {file.stem: file for file in sorted(folder.logs.glob("*.log"))}
    if not found:
        raise RunError(f"there are no logs: nothing has run here yet ({folder.description})")
    if unknown := [name for name in names if name not in found]:
        raise RunError(f"there is no log of {', '.join(unknown)}; there are {', '.join(found)}")
    return {name: found[name] for name in names} if names else found


def _added(files: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Yield whole lines as they come, also when a file was begun anew because it had grown too large."""
    seen = {name: file.stat().st_size for name, file in files.items()}
    while True:
        for name, file in files.items():
            size = file.stat().st_size if file.exists() else 0
            if size == seen[name]:
                continue
            with file.open("rb") as text:
                text.seek(seen[name] if size > seen[name] else 0)
                added, newline, _ = text.read().rpartition(b"\n")
            seen[name] = (seen[name] if size > seen[name] else 0) + len(added) + len(newline)
            yield from ((name, line) for line in added.decode(errors="replace").splitlines())
        time.sleep(PAUSE)


def _shown(line: str, *, raw: bool) -> str:
    """Return a line as it is to be shown: as it was written for a program, and never so for a terminal."""
    if raw:
        return printable(line) if sys.stdout.isatty() else line
    return readable(line)


def _show(name: str, line: str, wide: int) -> None:
    sys.stdout.write(f"{name:<{wide}} | {line}\n" if wide else f"{line}\n")
    sys.stdout.flush()
