"""What `stead up` shows: one live table on a terminal, plain lines elsewhere."""

import asyncio
import sys
from typing import TYPE_CHECKING

from stead.cli.table import hints, table

if TYPE_CHECKING:
    from stead.run.supervisor import Supervisor


async def screen(supervisor: "Supervisor") -> None:
    """Show the run until cancelled."""
    await (_live(supervisor) if sys.stdout.isatty() else _lines(supervisor))


async def _live(supervisor: "Supervisor") -> None:
    from rich.console import Console, Group
    from rich.live import Live

    console = Console()
    board = supervisor.board

    def picture() -> Group:
        state = supervisor.state()
        return Group(table(state), *hints(state))

    with Live(picture(), console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        try:
            while True:
                changed = asyncio.ensure_future(board.changed())
                live.update(picture(), refresh=True)
                await asyncio.wait({changed}, timeout=1.0)
                await asyncio.sleep(0.03)
        finally:
            live.update(picture(), refresh=True)


async def _lines(supervisor: "Supervisor") -> None:
    shown: dict[str, tuple[str, str]] = {}
    told = False
    while True:
        changed = asyncio.ensure_future(supervisor.board.changed())
        state = supervisor.state()
        for process in state["processes"]:
            now = (process["state"], process["why"] or process["url"])
            if shown.get(process["name"]) != now:
                shown[process["name"]] = now
                _say(f"{process['name']}: {now[0]}" + (f" ({now[1]})" if now[1] else ""))
                for line in process["last"] if now[0] == "failed" else ():
                    _say(f"  | {line}")
        if state["settled"] and not told and not state["stopping"]:
            told = True
            for line in hints(state):
                _say(line.plain)
        await changed


def _say(line: str) -> None:
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()
