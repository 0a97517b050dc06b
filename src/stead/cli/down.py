"""`stead down`: stop a backend that runs."""

import sys
from pathlib import Path

from stead.cli.option import Where
from stead.run.control_client import running_description
from stead.run.ending import end
from stead.run.error import NotRunningError
from stead.run.state_directory import Folder


def down(path: Where = Path(), /) -> None:
    """Stop a backend that runs: its gateway first, then its services, then its database."""
    folder = Folder(running_description(path))
    name = _name(folder)
    if not end(folder):
        raise NotRunningError(f"nothing runs here: {folder.description}\n  start it: stead up")
    sys.stdout.write(f"{name} has stopped\n")


def _name(folder: Folder) -> str:
    """Return the backend's name from the announcement of its run; without one, the folder's name."""
    run = folder.run()
    return run.backend if run else folder.description.parent.name
