"""`stead reset`: delete the data of services on this machine."""

import sys

from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.run.control_client import Remote
from stead.run.error import RunError


def reset(*words: Words, yes: Flag = False) -> int:
    """Delete the data of services of a backend that runs (databases, keys, buckets), and restart them.

    Jobs that use the same data run again first: the migrations among them.

    Parameters
    ----------
    yes
        Do not ask for confirmation.
    """
    path, names = path_and_names(words)
    remote = Remote(path)
    if not yes and not _agreed(remote, names):
        sys.stdout.write("nothing was reset\n")
        return 1
    for line in remote.ask("reset", names)["done"]:
        sys.stdout.write(f"{line}\n")
    return 0


def _agreed(remote: Remote, names: tuple[str, ...]) -> bool:
    """Ask for confirmation; RunError without a terminal."""
    whose = f"all data of {', '.join(names)}" if names else f"all data of every service of {remote.run.backend}"
    if not sys.stdin.isatty():
        raise RunError(f"{whose} would be deleted: add --yes to confirm")
    return input(f"Delete {whose}? [y/N] ").strip().lower() in ("y", "yes")
