"""`stead logs`: the output of the processes."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.log_format import readable
from stead.cli.log_search import Masking, Search, in_order, records, search
from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.console.log_reader import LogFollower
from stead.console.log_record import Record
from stead.model.printable import printable
from stead.run.control_client import running_description
from stead.run.error import RunError
from stead.run.state_directory import Folder

PAUSE = 0.2  # seconds between two reads of the files


def logs(
    *words: Words,
    follow: Annotated[Flag, Parameter(["--follow", "-f"])] = False,
    lines: Annotated[int, Parameter(["--lines", "-n"])] = 50,
    since: str = "",
    grep: Annotated[str, Parameter(["--grep", "-g"])] = "",
    level: str = "",
    trace: str = "",
    raw: Flag = False,
    as_json: Annotated[Flag, Parameter("--json")] = False,
) -> None:
    """Show the output of the named processes, or of all, in the order of time.

    The logs stay after a run has ended.

    Parameters
    ----------
    follow
        Show new lines as they are written, until Ctrl-C.
    lines
        The number of last lines to show for each process.
    since
        Only lines written since then: 30s, 5m, 2h, 1d ago, or a time such as 2026-11-28T09:30.
    grep
        Only lines that match this regular expression, regardless of case.
    level
        Only lines of this level and above: debug, info, warning, error, critical.
    trace
        Only lines of this trace; the first digits of its id are enough.
    raw
        Show the lines as they were written, JSON included.
    as_json
        Print JSON, one object for each log line, with the same keys for all processes.
    """
    from stead.console.recorded_mask import recorded_mask

    query = search(since, level, grep, trace)
    path, names = path_and_names(words)
    folder = Folder(running_description(path))
    files, mask = _files(folder, names), recorded_mask(folder).text
    wide = 0 if len(files) == 1 else max((len(name) for name in files), default=0)
    kind = "json" if as_json else "raw" if raw else ""
    followers = {name: LogFollower.at_end(file) for name, file in files.items()} if follow else {}
    ends = {name: follower.offset for name, follower in followers.items()}
    for read, line in in_order(files, query, lines, mask, ends):
        _show(read, line, wide, kind)
    if follow:
        for read, line in _followed(followers, query, mask):
            _show(read, line, wide, kind)


def _files(folder: Folder, names: tuple[str, ...]) -> dict[str, Path]:
    folder.refuse()
    found = {file.stem: file for file in sorted(folder.logs.glob("*.log"))}
    if not found:
        raise RunError(f"there are no logs: nothing has run here yet ({folder.description})")
    if unknown := [name for name in names if name not in found]:
        raise RunError(f"there is no log of {', '.join(unknown)}; there are {', '.join(found)}")
    return {name: found[name] for name in names} if names else found


def _added(followers: dict[str, LogFollower], mask: Masking) -> Iterator[tuple[str, str]]:
    """Yield complete lines as they are written."""
    while True:
        for name, follower in followers.items():
            for block in follower.blocks():
                yield from ((name, line) for line in mask(block.decode(errors="replace")).split("\n"))
        time.sleep(PAUSE)


def _followed(followers: dict[str, LogFollower], query: Search, mask: Masking) -> Iterator[tuple[Record, str]]:
    for name, line in _added(followers, mask):
        yield from (pair for pair in records(name, [line]) if query(*pair))


def _show(read: Record, line: str, wide: int, kind: str) -> None:
    text = _as_json(read) if kind == "json" else _shown(line, raw=kind == "raw")
    sys.stdout.write(f"{read.process:<{wide}} | {text}\n" if wide and kind != "json" else f"{text}\n")
    sys.stdout.flush()


def _as_json(read: Record) -> str:
    fields = read._asdict() | {"fields": json.loads(read.fields or "{}")}
    return json.dumps({name: value for name, value in fields.items() if value != ""})


def _shown(line: str, *, raw: bool) -> str:
    """Return a line for the output: unchanged for a program, without control characters for a terminal."""
    if raw:
        return printable(line) if sys.stdout.isatty() else line
    return readable(line)
