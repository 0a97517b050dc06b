"""`stead config`: show the settings of each process, and the source of each value.

In development these are the values that `stead up` passes, computed by the same code; the command writes nothing. In
another environment only the values in the description and in an env file are known; the others are described in words.
Secrets are masked.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from difflib import get_close_matches
from typing import Annotated

from cyclopts import Parameter

from stead.check.report.color import Colors, paint_for
from stead.check.report.path import plain
from stead.cli.option import Flag, Words
from stead.cli.provenance import Row, rows
from stead.cli.words import path_and_names
from stead.model import Backend, Environment, SteadError, load
from stead.model.load import find

LONGEST = 44  # columns of a value on a terminal


def config(
    *words: Words,
    explain: Flag = False,
    environment: Annotated[str, Parameter(["--env", "-e"])] = "dev",
    as_json: Annotated[Flag, Parameter("--json")] = False,
) -> int:
    """Show each setting's value, secrets masked, and where it comes from; the exit status is 1 when one is missing.

    Parameters
    ----------
    explain
        Also show why the process has the setting, where it is declared, and its help text.
    environment
        The environment; dev is the one on this machine.
    as_json
        Print JSON, for a program.
    """
    path, names = path_and_names(words)
    backend = load(path)
    known = {process.name for process in backend.processes}
    for name in [name for name in names if name not in known]:
        sys.stderr.write(_unknown(backend, name))
        return 2
    chosen = [process for process in backend.processes if not names or process.name in names]
    found, wrong = rows(backend, _environment(backend, environment), find(path), chosen)
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in found], indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(_table(found, paint_for(sys.stdout), explain=explain)))
    sys.stderr.write(f"\n{wrong}\n" if wrong else "")
    return 1 if wrong else 0


def _environment(backend: Backend, name: str) -> Environment:
    try:
        return backend.environment(name)
    except KeyError:
        names = sorted({"dev", *(environment.name for environment in backend.environments)})
        if name in names:
            return Environment(name)
        raise SteadError(f"{backend.name} has no environment {name}; it has {', '.join(names)}") from None


def _unknown(backend: Backend, name: str) -> str:
    names = [process.name for process in backend.processes]
    near = get_close_matches(name, names, 1)
    return (
        f"{backend.name} has no process {name}; "
        + (f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}")
        + "\n"
    )


def _table(found: list[Row], paint: Colors, *, explain: bool) -> Iterator[str]:
    """Yield the lines, one block per process."""
    names = max((len(row.setting) for row in found), default=0)
    values = min(LONGEST, max((len(row.value) for row in found), default=0))
    for number, process in enumerate(dict.fromkeys(row.process for row in found)):
        yield ("\n" if number else "") + paint.bold(process) + "\n"
        for row in (row for row in found if row.process == process):
            yield _line(row, names, values, paint)
            if explain:
                yield f"  {'':<{names}}  {paint.dim(_reason(row))}\n"


def _line(row: Row, names: int, values: int, paint: Colors) -> str:
    value = plain(row.value).replace("\n", "·")
    if paint.on and len(value) > values:
        value = f"{value[: values - 1]}…"
    padded = f"{value:<{values}}"
    shown = paint.red(padded) if row.source == "missing" else padded if row.known else paint.dim(padded)
    return f"  {row.setting:<{names}}  {shown}  {paint.cyan(row.source)}\n"


def _reason(row: Row) -> str:
    parts = (row.why, row.where, row.help)
    return " · ".join(plain(part) for part in parts if part)
