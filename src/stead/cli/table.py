"""The table of processes, and the lines below it: for `stead up` and `stead status`."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stead.cli.log_format import cause, failure_lines
from stead.cli.next_steps import hints
from stead.model.printable import printable

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
LAST_LINES = 5  # last lines of each process that failed


def picture(state: Mapping[str, Any]) -> Group:
    """Return the table, the reasons of failures, and the next steps."""
    if not state["processes"]:
        return Group(Text(f"{state['backend']}: starting …", style="dim"))
    return Group(table(state), *failures(state), *_styled(state))


def table(state: Mapping[str, Any]) -> Table:
    """Return the processes as rows."""
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=False)
    made.add_column("process", no_wrap=True, min_width=max(len(process["name"]) for process in state["processes"]))
    made.add_column("state", no_wrap=True, min_width=12)
    made.add_column("url", no_wrap=True, min_width=22)
    made.add_column("", overflow="ellipsis", no_wrap=True)
    for process in state["processes"]:
        made.add_row(*_row(process))
    return made


def failures(state: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield the last log lines of each process that failed."""
    for process in state["processes"]:
        if process["state"] == "failed" and process["last"]:
            yield Text(f"\nlast lines of {process['name']}", style="dim")
            for line in cause(failure_lines(process["last"]), LAST_LINES):
                yield Text(f"  {line}", overflow="ellipsis", no_wrap=True)


def _row(process: Mapping[str, Any]) -> tuple[Text, Text, Text, Text]:
    mark, style = MARKS[process["state"]]
    return (
        Text(process["name"], style="bold" if process["kind"] == "gateway" else ""),
        Text(f"{mark} {process['state']}", style=style),
        Text(process["url"] if process["state"] in ("healthy", "unhealthy") else "", style="dim"),
        _about(process),
    )


def _about(process: Mapping[str, Any]) -> Text:
    """Return why a process is not healthy, and how often it was restarted."""
    parts = [printable(process["why"])] if process["why"] else []
    if process["restarts"]:
        parts.append(f"restarted {process['restarts']}×")
    if process.get("runs"):
        parts.append(f"{process['runs']} runs, {process['failures']} failed")
    return Text(", ".join(parts), style="red" if process["state"] == "failed" else "dim")


def _styled(state: Mapping[str, Any]) -> Iterator[Text]:
    """Yield the next steps; the address and failures are highlighted."""
    for line in hints(state):
        text = Text(line, style="red" if line.startswith("not all") else "")
        text.stylize("dim", 0, 13 if line.startswith("  ") else len(line) * line.startswith(("st", "not")))
        if state["url"] and line.endswith(state["url"]):
            text.stylize("bold", len(line) - len(state["url"]))
        yield text
