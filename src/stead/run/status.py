"""The state of each process of a running backend, for the table, `stead status`, and commands that wait."""

import asyncio
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

State = Literal[
    "declared", "waiting", "starting", "healthy", "unhealthy", "restarting", "failed", "skipped", "stopped", "done"
]
Kind = Literal["resource", "service", "agent", "gateway", "proxy", "job"]
WELL = frozenset({"healthy", "skipped", "done"})
SETTLED = WELL | {"failed", "stopped", "unhealthy"}


@dataclass
class Status:
    """One process. `why`: what it waits for, or what is wrong with it; `last`: its last lines when it failed.

    `runs` and `failures` count how often a job with a schedule has run.
    """

    name: str
    kind: Kind
    state: State = "declared"
    url: str = ""
    why: str = ""
    restarts: int = 0
    runs: int = 0
    failures: int = 0
    pid: int | None = None
    since: float = field(default_factory=time.time)
    last: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        return self.state in SETTLED

    @property
    def well(self) -> bool:
        return self.state in WELL


class Board:
    """The statuses of a run, in the order in which they are shown; `changed()` waits for the next change."""

    def __init__(self) -> None:
        self.statuses: dict[str, Status] = {}
        self.complete = False  # every process that there will be is on it
        self.stopping = False
        self._changed = asyncio.Event()

    def add(self, status: Status) -> Status:
        self.statuses[status.name] = status
        self.notify()
        return status

    def remove(self, name: str) -> None:
        del self.statuses[name]
        self.notify()

    def set(self, status: Status, state: State, why: str = "", **rest: Any) -> None:
        """Note a state and why; anything else that is given becomes an attribute of the status."""
        before = (status.state, status.why)
        status.state, status.why = state, why
        for name, value in rest.items():
            setattr(status, name, value)
        if before != (state, why) or rest:
            status.since = time.time() if before[0] != state else status.since
            self.notify()

    async def changed(self) -> None:
        await self._changed.wait()

    def all_there(self) -> None:
        self.complete = True
        self.notify()

    def stop(self) -> None:
        self.stopping = True
        self.notify()

    @property
    def all_settled(self) -> bool:
        """Return whether every process is accounted for."""
        return self.complete and all(status.settled for status in self.statuses.values())

    @property
    def well(self) -> bool:
        return all(status.well for status in self.statuses.values())

    def snapshot(self) -> list[dict[str, Any]]:
        return [asdict(status) for status in self.statuses.values()]

    def notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
