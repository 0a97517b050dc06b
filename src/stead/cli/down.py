"""`stead down`: stop a backend that runs."""

import sys
import time
from pathlib import Path

from stead.cli.option import Where
from stead.model import SteadError
from stead.run.control_client import Remote
from stead.run.error import RunError

PATIENCE = 20.0  # seconds; a run ends within 10


def down(path: Where = Path(), /) -> None:
    """Stop a backend that runs: its gateway first, then its services, then its database."""
    remote = Remote(path)
    remote.ask("down")
    until = time.monotonic() + PATIENCE
    while _runs(remote):
        if time.monotonic() > until:
            raise RunError(f"process {remote.run.pid} does not end; see {remote.folder.logs}")
        time.sleep(0.05)
    sys.stdout.write(f"{remote.run.backend} has stopped\n")


def _runs(remote: Remote) -> bool:
    """Tell whether anything still holds the lock."""
    try:
        return remote.folder.is_locked()
    except SteadError:
        return False
