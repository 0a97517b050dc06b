"""One run as a handler sees it: the one that goes on, or one that is ended_run."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stead.console import statistics
from stead.console.config import Graph
from stead.console.run_file import rows

WINDOW = 60.0  # seconds over which a rate is counted
MICRO = 1_000_000

Row = dict[str, Any]


@dataclass(frozen=True)
class RunView:
    """The file of a run, what it says of itself, and, while the run goes on, the state of its processes."""

    name: str
    file: Path
    about: Mapping[str, str]
    graph: Graph
    state: Mapping[str, Any] | None = None

    @property
    def started(self) -> int:
        """Microseconds since 1970."""
        return int(float(self.about.get("started") or 0) * MICRO)

    @property
    def gateway(self) -> str:
        return next((node.name for node in self.graph.nodes if node.kind == "gateway"), "")

    def processes(self) -> list[Row]:
        """Return the state of each process; of a run that has ended, the last one."""
        if self.state is not None:
            return list(self.state.get("processes", ()))
        return statistics.last_states(self.file)

    def calls(self) -> list[Row]:
        """Return the traffic of the last minute, or of the whole of a run that has ended."""
        if self.state is None:
            return statistics.calls(self.file, 0, WINDOW)
        return statistics.calls(self.file, int((time.time() - WINDOW) * MICRO), WINDOW)


def ended_run(file: Path) -> RunView:
    """Return a run that has ended; sqlite3.Error when its file is damaged."""
    about = {row["name"]: row["value"] for row in rows(file, "SELECT name, value FROM about")}
    graph = msgspec.json.decode(about.pop("graph", "{}"), type=Graph)
    return RunView(file.stem, file, about, graph)
