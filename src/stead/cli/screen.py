"""The output of `stead up` on a terminal: one live table."""

import asyncio
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live

from stead.cli.table import picture

if TYPE_CHECKING:
    from stead.run.supervisor import Supervisor

REFRESH_SECONDS = 0.05  # least seconds between two redraws


async def screen(supervisor: "Supervisor") -> None:
    """Redraw one table until cancelled. The table disappears at the end of the run, unless it shows a failure."""
    settled: dict[str, Any] | None = None
    console = Console()
    try:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while True:
                changed = asyncio.ensure_future(supervisor.board.changed())
                state = supervisor.state()
                settled = state if state["settled"] and not state["stopping"] else settled
                live.update(picture(state), refresh=True)
                await asyncio.gather(changed, asyncio.sleep(REFRESH_SECONDS))
    finally:
        if settled and not settled["well"]:
            console.print(picture(settled))
        console.print(f"[dim]{supervisor.backend.name} has stopped")
