"""`stead top`: a live table of processes with their load, for a terminal."""

import sqlite3
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from stead.cli.option import Flag, Where
from stead.cli.table import MARKS
from stead.console import statistics
from stead.console.run_file import FOLDER, live_file
from stead.model.printable import printable
from stead.run.control_client import Remote

FIRST_SAMPLE = 0.2  # seconds of the first measurement of CPU time
PERIOD = 1.0  # seconds between two redraws
WINDOW = 60  # seconds over which a rate is counted
MICRO = 1_000_000
WIDE = 160  # columns where there is no terminal


def top(path: Where = Path(), /, *, once: Annotated[Flag, Parameter("--once")] = False) -> None:
    """Show the load of each process until Ctrl-C: requests per second, failures, latency, memory, CPU.

    Parameters
    ----------
    once
        Print the table once.
    """
    remote = Remote(path)
    usage = Usage()
    if once or not sys.stdout.isatty():
        usage.measure(remote.ask("status"))
        time.sleep(FIRST_SAMPLE)
        Console(width=WIDE, highlight=False).print(picture(remote, usage))
        return
    with Live(console=Console(highlight=False), auto_refresh=False, screen=True) as live:
        while True:
            live.update(picture(remote, usage), refresh=True)
            time.sleep(PERIOD)


class Usage:
    """The memory and CPU time of each process, its children included."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}

    def measure(self, state: Mapping[str, Any]) -> dict[str, tuple[float, int]]:
        """Return, by name, percent of one core since the last call, and bytes of memory."""
        return {each["name"]: self._of(each["pid"]) for each in state["processes"] if each["pid"]}

    def _of(self, pid: int) -> tuple[float, int]:
        import psutil

        percent, memory = 0.0, 0
        try:
            process = self._known.setdefault(pid, psutil.Process(pid))
            for each in [process, *process.children(recursive=True)]:
                each = self._known.setdefault(each.pid, each)
                percent += each.cpu_percent()
                memory += each.memory_info().rss
        except psutil.Error:
            self._known.pop(pid, None)  # the process has ended since
        return percent, memory


def picture(remote: Remote, usage: Usage) -> Group:
    """Return the present table."""
    state = remote.ask("status")
    traffic = _traffic(remote)
    measured = usage.measure(state)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("process", "state", "requests", "errors", "p95", "cpu", "memory", ""):
        table.add_column(title, no_wrap=True, justify="right" if title not in ("process", "state", "") else "left")
    for process in state["processes"]:
        mark, style = MARKS[process["state"]]
        figures = traffic.get(process["name"])
        percent, memory = measured.get(process["name"], (0.0, 0))
        table.add_row(
            Text(process["name"], style="bold" if process["kind"] == "gateway" else ""),
            Text(f"{mark} {process['state']}", style=style),
            f"{figures['rate']:.1f}/s" if figures else "–",
            Text(str(figures["errors"]) if figures else "–", style="red" if figures and figures["errors"] else ""),
            f"{figures['p95'] / 1000:.1f} ms" if figures else "–",
            f"{percent:.0f} %" if memory else "–",
            f"{memory / 1_048_576:.0f} MB" if memory else "–",
            Text(printable(process["why"]), style="dim"),
        )
    about = f"{state['backend']} · {state['environment']} · {state['url']}"
    return Group(Text(about, style="bold"), table, Text("the traffic of the last minute", style="dim"))


def _traffic(remote: Remote) -> dict[str, dict[str, Any]]:
    """Return the traffic that the console recorded; empty without a recording."""
    file = live_file(remote.folder.path / FOLDER)
    try:
        since = int((time.time() - WINDOW) * MICRO)
        return statistics.by_service(statistics.calls(file, since, WINDOW)) if file else {}
    except sqlite3.Error:
        return {}
