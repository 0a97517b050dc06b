"""What `stead up` shows: one live table on a terminal, plain lines elsewhere."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live

from stead.cli.line import worth_telling
from stead.cli.table import hints, picture

if TYPE_CHECKING:
    from stead.run.supervisor import Supervisor

BREATH = 0.05  # seconds between two pictures at the least


async def screen(supervisor: "Supervisor") -> None:
    """Show the run until cancelled."""
    await (_live(supervisor) if sys.stdout.isatty() else _lines(supervisor))


async def _live(supervisor: "Supervisor") -> None:
    """Keep one picture; it goes when the run does, and the last one that had news in it stays."""
    settled: dict[str, Any] | None = None
    console = Console()
    try:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while True:
                changed = asyncio.ensure_future(supervisor.board.changed())
                state = supervisor.state()
                settled = state if state["settled"] and not state["stopping"] else settled
                live.update(picture(state), refresh=True)
                await asyncio.gather(changed, asyncio.sleep(BREATH))
    finally:
        if settled and not settled["well"]:
            console.print(picture(settled))
        console.print(f"[dim]{supervisor.backend.name} has stopped")


async def _lines(supervisor: "Supervisor") -> None:
    shown: dict[str, tuple[str, str]] = {}
    told = False
    while True:
        changed = asyncio.ensure_future(supervisor.board.changed())
        state = supervisor.state()
        for process in state["processes"]:
            _tell(process, shown)
        if state["settled"] and not told and not state["stopping"]:
            told = True
            _say("\n".join(line.plain for line in hints(state)))
        await changed


def _tell(process: dict[str, Any], shown: dict[str, tuple[str, str]]) -> None:
    """Say a line when a process has changed."""
    now = (process["state"], process["why"] or (process["url"] if process["state"] == "healthy" else ""))
    if shown.get(process["name"]) == now:
        return
    shown[process["name"]] = now
    _say(f"{process['name']}: {now[0]}" + (f" ({now[1]})" if now[1] else ""))
    for line in worth_telling(process["last"]) if now[0] == "failed" else ():
        _say(f"  | {line[:300]}")


def _say(line: str) -> None:
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()
