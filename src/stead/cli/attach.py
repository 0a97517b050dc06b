"""Show a run that another process supervises, until each process is accounted for."""

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.live import Live

from stead.cli.table import picture
from stead.run.control_client import Remote

PIPED = 160  # columns where there is no terminal


def follow(remote: Remote) -> Mapping[str, Any]:
    """Return the state in which each process is accounted for; if the run ends before, the last state read."""
    console = Console(width=None if sys.stdout.isatty() else PIPED)
    state: Mapping[str, Any] = {}
    if sys.stdout.isatty():
        with Live(console=console, auto_refresh=False) as live:
            for state in remote.watch():
                live.update(picture(state), refresh=True)
                if state["settled"]:
                    return state
        return state
    for state in remote.watch():
        if state["settled"]:
            break
    if state:
        console.print(picture(state))
    return state
