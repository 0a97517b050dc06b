"""`stead restart`: restart the named processes of a backend that runs, or all."""

import sys

from stead.cli.option import Words
from stead.cli.words import path_and_names
from stead.run.control_client import Remote


def restart(*words: Words) -> None:
    """Restart processes of a backend that runs; all of them when none is named."""
    path, names = path_and_names(words)
    remote = Remote(path)
    done = remote.ask("restart", names)["names"]
    sys.stdout.write(f"restarted: {', '.join(done)}\n")
    for note in remote.ask("status")["notes"]:
        sys.stdout.write(f"{note}\n")
