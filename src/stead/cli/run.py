"""`stead run`: run a command with the environment of a service of a backend that runs, in its folder."""

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.words import path_and_names
from stead.run.control_client import Remote
from stead.run.error import RunError

Rest = Annotated[str, Parameter(allow_leading_hyphen=True, help="SERVICE, a PATH, and after -- the command.")]


def run(*words: Rest) -> int:
    """Run a command as a service of a backend that runs; without a command, print its environment for an IDE."""
    before, command = split(words)
    path, names = path_and_names(before)
    if len(names) != 1:
        raise RunError("name one service or job: stead run SERVICE -- COMMAND")
    answer = Remote(path).ask("environment", names)
    values: dict[str, str] = answer["environment"]
    if not command:
        sys.stdout.write("".join(f"{name}={quoted(values[name])}\n" for name in sorted(values)))
        return 0
    os.chdir(Path(answer["folder"]))
    sys.stdout.flush()
    try:
        os.execvpe(command[0], list(command), {**os.environ, **values})  # noqa: S606 - what the person typed
    except FileNotFoundError:
        raise RunError(f"there is no program {command[0]} on the PATH, nor in {answer['folder']}") from None


def split(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words before `--`, and those after it."""
    if "--" not in sys.argv:
        return words, ()
    count = len(sys.argv) - sys.argv.index("--") - 1
    given = tuple(word for word in words if word != "--")
    return (given[: len(given) - count], given[len(given) - count :]) if count else (given, ())


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
