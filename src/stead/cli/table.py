"""The table of what runs, and the lines below it: for `stead up` and for `stead status`."""

import time
from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

MARKS = {
    "declared": ("·", "dim"),
    "waiting": ("◌", "yellow"),
    "starting": ("◐", "cyan"),
    "healthy": ("●", "green"),
    "done": ("✓", "green"),
    "unhealthy": ("●", "red"),
    "restarting": ("↻", "yellow"),
    "failed": ("✗", "red"),
    "skipped": ("–", "dim"),
    "stopped": ("○", "dim"),
}


def table(state: Mapping[str, Any]) -> Table:
    """Return the processes as rows."""
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=False)
    made.add_column("process", no_wrap=True)
    made.add_column("state", no_wrap=True)
    made.add_column("url", no_wrap=True, style="dim")
    made.add_column("", overflow="fold")
    for process in state["processes"]:
        made.add_row(*_row(process))
    return made


def _row(process: Mapping[str, Any]) -> tuple[Text, Text, Text, Text]:
    mark, style = MARKS[process["state"]]
    return (
        Text(process["name"], style="bold" if process["kind"] == "gateway" else ""),
        Text(f"{mark} {process['state']}", style=style),
        Text(process["url"] if process["state"] in ("healthy", "unhealthy") else ""),
        _about(process),
    )


def _about(process: Mapping[str, Any]) -> Text:
    """Why it is not well, and how often it was restarted; the last lines of one that failed."""
    parts = [process["why"]] if process["why"] else []
    if process["restarts"]:
        parts.append(f"restarted {process['restarts']}×")
    text = Text(", ".join(parts), style="red" if process["state"] == "failed" else "dim")
    for line in process["last"] if process["state"] == "failed" else ():
        text.append(f"\n│ {line}", style="dim")
    return text


def hints(state: Mapping[str, Any]) -> list[Text]:
    """Return what to try next, once the backend can be entered."""
    if state["stopping"]:
        return [Text("\nstopping …  (Ctrl-C again: at once)", style="dim")]
    if not state["settled"]:
        waits = sum(process["state"] not in ("healthy", "done", "skipped") for process in state["processes"])
        return [Text(f"\nstarting, {waits} to go", style="dim")]
    lines = [Text()]
    if not state["well"]:
        lines.append(Text("not all is well; see above, and stead logs NAME", style="red"))
    if state["url"]:
        lines += [Text.assemble((f"{state['backend']} is at ", ""), (state["url"], "bold")), *_tries(state)]
    return lines


def _tries(state: Mapping[str, Any]) -> list[Text]:
    where = state["path"]
    tries = [("curl", f"curl {state['url']}{state['try']}")] if state["try"] else []
    tries += [("a user", f"stead token ann {where}".rstrip())]
    tries += [("its story", f"stead story {where}".rstrip())] if state["story"] else []
    tries += [("a check", f"stead smoke {where}".rstrip())]
    return [Text.assemble(("  ", ""), (f"{name:<10}", "dim"), command) for name, command in tries]


def age(since: float) -> str:
    seconds = int(time.time() - since)
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
