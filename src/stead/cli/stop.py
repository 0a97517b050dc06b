"""`stead stop`: stop single processes of a backend that runs."""

import sys

from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.model import SteadError
from stead.run.control_client import Remote
from stead.run.program import command


def stop(*words: Words, yes: Flag = False) -> int:
    """Stop single processes of a backend that runs.

    Parameters
    ----------
    yes
        Stop all processes without confirmation when no name is given.
    """
    path, names = path_and_names(words)
    remote = Remote(path)
    if not names and not yes and not _agreed(remote):
        sys.stdout.write("nothing was stopped\n")
        return 1
    stopped = remote.ask("stop", names)["names"]
    sys.stdout.write(f"stopped: {', '.join(stopped)}\n")
    return 0


def _agreed(remote: Remote) -> bool:
    """Ask for confirmation to stop all; SteadError without a terminal."""
    all_of_them = ", ".join(process["name"] for process in remote.ask("status")["processes"])
    shown = remote.folder.shown
    if not sys.stdin.isatty():
        raise SteadError(
            f"name the processes to stop: {all_of_them}\n  all of them: {command('stop', shown, '--yes')}\n"
            f"  end the run: {command('down', shown)}"
        )
    return input(f"Stop all of {remote.run.backend}: {all_of_them}? [y/N] ").strip().lower() in ("y", "yes")
