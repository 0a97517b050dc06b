"""Show a run that another process leads, until everything is accounted for."""

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group
from rich.live import Live

from stead.cli.table import hints, table
from stead.run.remote import Remote


def follow(remote: Remote) -> Mapping[str, Any]:
    """Return the state in which everything is accounted for, or the last one that was seen."""
    console = Console()
    state: Mapping[str, Any] = {}
    if not sys.stdout.isatty():
        for state in remote.watch():
            if state["settled"]:
                break
        if state:
            console.print(table(state), *hints(state), sep="\n")
        return state
    with Live(console=console, auto_refresh=False) as live:
        for state in remote.watch():
            live.update(Group(table(state), *hints(state)), refresh=True)
            if state["settled"]:
                break
    return state
