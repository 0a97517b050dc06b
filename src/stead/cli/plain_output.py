"""The output of `stead up` without a terminal: a line for each change."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from stead.cli.log_format import failure_lines
from stead.cli.next_steps import hints
from stead.model.printable import printable

if TYPE_CHECKING:
    from stead.run.supervisor import Supervisor

LONGEST = 300  # characters of a log line


async def lines(supervisor: "Supervisor") -> None:
    """Print each change until cancelled."""
    shown: dict[str, tuple[str, str]] = {}
    reported, notes = False, list[str]()
    while True:
        changed = asyncio.ensure_future(supervisor.board.changed())
        state = supervisor.state()
        _print_new(state["notes"], notes)
        notes = state["notes"]
        for process in state["processes"]:
            _print_change(process, shown)
        if state["settled"] and not reported and not state["stopping"]:
            reported = True
            _print_line("\n".join(hints(state | {"notes": []})))
        await changed


def _print_new(notes: list[str], before: list[str]) -> None:
    for note in notes:
        if note not in before:
            _print_line(note)


def _print_change(process: dict[str, Any], shown: dict[str, tuple[str, str]]) -> None:
    """Print a line when the state of a process has changed."""
    now = (process["state"], process["why"] or (process["url"] if process["state"] == "healthy" else ""))
    if shown.get(process["name"]) == now or now[0] == "declared":
        return
    shown[process["name"]] = now
    _print_line(printable(f"{process['name']}: {now[0]}" + (f" ({now[1]})" if now[1] else "")))
    for line in failure_lines(process["last"]) if now[0] == "failed" else ():
        _print_line(f"  | {line[:LONGEST]}")


def _print_line(line: str) -> None:
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()
