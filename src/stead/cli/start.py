"""`stead start`: start single processes again."""

import sys

from stead.cli.option import Words
from stead.cli.words import path_and_names
from stead.run.control_client import Remote


def start(*words: Words) -> None:
    """Start single processes again; all of them when none is named."""
    path, names = path_and_names(words)
    remote = Remote(path)
    done = remote.ask("start", names)["names"]
    sys.stdout.write(f"started: {', '.join(done)}\n")
