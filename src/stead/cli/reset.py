"""`stead reset`: empty what services keep, on this machine."""

import sys

from stead.cli.option import Flag, Words
from stead.cli.words import path_and_names
from stead.run.control_client import Remote
from stead.run.error import RunError


def reset(*words: Words, yes: Flag = False) -> int:
    """Empty the databases, keys and buckets of services of a backend that runs, and start them anew.

    Jobs that use the same data run again, so that a migration that runs before the services does.

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
    """Ask whether the data shall be deleted; RunError where there is nobody to ask."""
    whose = f"all data of {', '.join(names)}" if names else f"all data of every service of {remote.run.backend}"
    if not sys.stdin.isatty():
        raise RunError(f"{whose} would be deleted: add --yes to do it without being asked")
    return input(f"Delete {whose}? [y/N] ").strip().lower() in ("y", "yes")
