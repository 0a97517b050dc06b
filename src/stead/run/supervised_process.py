"""One process of a running backend: what it waits for, its start, its health, its restarts, its end."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from stead.kit.cleanup import end, finish
from stead.model import SteadError
from stead.model.health import START_PERIOD
from stead.model.schedule import Schedule
from stead.run.forkserver.client import Child, Forkserver, Order
from stead.run.liveness import Liveness
from stead.run.log_file import LogFile, without_frames
from stead.run.probe import Probe, always
from stead.run.startup import Startup, exposed
from stead.run.status import Board, Kind, State, Status

PERMANENT = {  # exit statuses after which a restart would fix nothing
    70: "its app cannot be loaded",  # sysexits.h: EX_SOFTWARE
    78: "its settings are wrong",  # EX_CONFIG
    126: "its program cannot be run",  # the status as a shell shows it
    127: "its program was not found",
}
BACKGROUND = "its command must stay in the foreground; leave out the option or the & that makes it a daemon"
DEAD_GRACE = 2.0  # seconds for a process that serves no request any more
TRIES = 5  # starts in a row without health before it is given up; one that was healthy is started again without limit
STEADY = 1.0  # seconds of health after which the next wait is a short one again
SHORT = 3  # doublings of the wait for one that was healthy for a short time
FIRST_WAIT, LONGEST_WAIT, JITTER = 0.2, 10.0, 0.25
START_PAUSE, LATE_PAUSE, CALM_PAUSE = 0.04, 0.25, 2.0  # seconds between two looks: at first, later, when it is well
START_LOOKS = 60
MISSES = 2  # bad answers in a row that make a healthy one unhealthy
CLOCK_PAUSE = 30.0  # seconds between two looks at the clock
SHOWN = 12  # last lines that are shown of a process that failed


@dataclass(frozen=True)
class Need:
    """A condition for the start of a process; `wait` returns the reason of a failure, or nothing when it is met."""

    what: str
    why: str
    wait: Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class ProcessSpec:
    """The spec of one process.

    order   makes what is started, again at every start
    probe   says why the process with that id is not healthy
    ends    it is a job: it is done when it ends with 0, and is not started again
    beside  of a job: nobody waits for its end
    schedule  of a job: when it runs again; while it waits it is healthy, unless its last run failed
    reads   folders and files whose change restarts it, when changes are watched
    alive   says why the process could serve nobody, and is to be started again
    drain   lets it finish what it began, before it is told to end
    port    where it must listen; 0 for one that listens nowhere, or where it likes
    observe is given each new state, and why
    start_period  seconds without health, output or use of the processor after which a start is unhealthy
    """

    name: str
    kind: Kind
    order: Callable[[], Awaitable[Order]]
    probe: Callable[[int], Awaitable[str]]
    needs: Sequence[Need] = ()
    url: str = ""
    grace: float = 5.0
    ends: bool = False
    beside: bool = False
    reads: Sequence[str] = field(default=())
    drain: Callable[[], Awaitable[None]] | None = None
    port: int = 0
    start_period: float = START_PERIOD
    alive: Probe = always
    schedule: Schedule | None = None
    observe: Callable[[State, str], None] | None = None


class SupervisedProcess:
    """A plan that is carried out."""

    def __init__(
        self, plan: ProcessSpec, status: Status, board: Board, forkserver: Forkserver, process_log: LogFile
    ) -> None:
        self.plan, self.status, self.process_log = plan, status, process_log
        self.board, self.forkserver = board, forkserver
        self._life: asyncio.Task[None] | None = None
        self._coming: asyncio.Task[Child] | None = None
        self._healthy_since: float | None = None
        self._dead = self._note = ""

    def begin(self) -> None:
        """Start it, unless it lives already."""
        if self._life is None or self._life.done():
            self._life = asyncio.create_task(self._live())

    async def stop(self, grace: float | None = None) -> None:
        """Stop the process without a restart; kill it when it has not ended after `grace` seconds."""
        while self._life is not None and not self._life.done():
            self._life.cancel()  # again, in case a library kept the first signal to itself
            await asyncio.wait({self._life}, timeout=1.0)
        if self._coming is not None:
            child = await self._coming
            if self.plan.drain and grace is None and not child.ended.done():
                await self.plan.drain()
            await child.stop(self.plan.grace if grace is None else grace)
        if self.status.state not in ("skipped", "done", "failed"):
            self._set("stopped", pid=None)

    async def restart(self) -> None:
        await self.stop()
        self.begin()

    def kill(self) -> None:
        """End it now."""
        if self._coming is not None and self._coming.done():
            self._coming.result().signal(signal.SIGKILL)

    async def _live(self) -> None:
        try:
            if await self._wait_for_needs():
                await (self._repeat(self.plan.schedule) if self.plan.schedule else self._run_and_restart())
        except SteadError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - one process that cannot start must not end the others
            self._fail(f"{type(error).__name__}: {error}")

    async def _wait_for_needs(self) -> bool:
        for need in self.plan.needs:
            self._set("waiting", f"{need.what}: {need.why}")
            if wrong := await need.wait():
                self._fail(f"{need.why}, and {wrong}")
                return False
        return True

    async def _repeat(self, schedule: Schedule) -> None:
        """Run the job on its schedule; the next run is computed after the end of one, so that runs never overlap."""
        last, failed = "", False
        while True:
            due = schedule.after(datetime.now(UTC))
            text = f"next run at {due.astimezone():%Y-%m-%d %H:%M:%S}{last}"
            self._set("unhealthy" if failed else "healthy", text, pid=None)
            await _until(due)
            began = datetime.now(UTC)
            _, status = await self._once()
            failed = status != 0
            took = (datetime.now(UTC) - began).total_seconds()
            how = ending(status) if failed else "succeeded"
            last = f"; last run at {began.astimezone():%H:%M:%S} {how} after {took:.1f} s"
            self.status.runs += 1
            self.status.failures += failed

    async def _run_and_restart(self) -> None:
        """Start it, and start it again when it ends."""
        ends = in_a_row = 0
        while True:
            child, status = await self._once()
            if self.plan.ends:
                self._finish(status)
                return
            ends = 1 if self._was_steady() else ends + 1
            if self._healthy_since is not None:
                ends, in_a_row = min(ends, SHORT), 0
            else:
                in_a_row += 1
            why = self._dead or ending(status)
            if child.left and status == 0:
                self._fail(f"{why}, and left process {child.left[0]} in the background: {BACKGROUND}")
                return
            if status in PERMANENT or in_a_row >= TRIES:
                self._fail(PERMANENT.get(status, f"{why}, {in_a_row} times in a row"))
                return
            wait = back_off(ends)
            self._set("restarting", f"{why}; again in {wait:.1f} s", restarts=self.status.restarts + 1, pid=None)
            await asyncio.sleep(wait)

    async def _once(self) -> tuple[Child, int]:
        """Run it until it ends; return it with its exit status."""
        self._healthy_since, self._dead = None, ""
        if self.plan.schedule:
            self._set("healthy", "runs now")
        else:
            self._set("starting", "runs until it ends" if self.plan.ends else "")
        order = await self.plan.order()
        self.process_log.last.clear()
        log = await self.process_log.open()
        self._coming = asyncio.create_task(self.forkserver.start(order, log))
        self._coming.add_done_callback(lambda _: os.close(log))
        child = await asyncio.shield(self._coming)
        if child.pid.done():
            self._set(self.status.state, self.status.why, pid=child.pid.result())
            await self._watch(child)
        return child, await asyncio.shield(child.ended)

    async def _watch(self, child: Child) -> None:
        watching = asyncio.create_task(self._check_health(child))
        try:
            await asyncio.wait({child.ended})
        finally:
            await finish(end(watching))
        if not watching.cancelled():
            watching.result()

    async def _check_health(self, child: Child) -> None:
        """Probe its health while it runs: often during the start, rarely when it is healthy."""
        if self.plan.ends:
            if self.plan.beside:
                self._set("healthy", "runs beside")
            return
        misses, looks, pid = 0, 0, child.pid.result()
        startup = Startup(pid, self.plan.start_period, self.plan.port, lambda: self.process_log.written)
        liveness = Liveness(self.plan.alive, pid)
        while not child.ended.done():  # a probe that is cancelled just as it ends may not notice
            wrong = await self.plan.probe(pid)
            if dead := await liveness.look(started=self._healthy_since is not None):
                self._dead = dead
                self.process_log.write(f"stead: this process {dead}; it is restarted")
                await child.stop(DEAD_GRACE)
                return
            misses = misses + 1 if wrong else 0
            if not wrong:
                self._well(pid)
            elif self._healthy_since is None:
                self._set(*startup.state(wrong))
            elif misses >= MISSES:
                self._set("unhealthy", wrong)
            looks += 1
            early = START_PAUSE if looks < START_LOOKS else LATE_PAUSE
            await asyncio.sleep(early if wrong else CALM_PAUSE)

    def _well(self, pid: int) -> None:
        """Record that it is healthy; the first time, check whether requests can bypass its proxy."""
        if self._healthy_since is None:
            self._healthy_since = monotonic()
            behind_proxy = self.plan.port and not self.plan.url.endswith(f":{self.plan.port}")
            self._note = exposed(pid, self.plan.port) if behind_proxy else ""
            if self._note:
                self.process_log.write(f"stead: this process {self._note}")
        self._set("healthy", self._note, url=self.plan.url)

    def _was_steady(self) -> bool:
        return self._healthy_since is not None and monotonic() - self._healthy_since > STEADY

    def _finish(self, status: int) -> None:
        if status == 0:
            self._set("done", pid=None)
        else:
            self._fail(ending(status))

    def _fail(self, why: str) -> None:
        self._set("failed", why, pid=None, last=without_frames(self.process_log.last)[-SHOWN:])

    def _set(self, state: State, why: str = "", **rest: object) -> None:
        self.board.set(self.status, state, why, **rest)
        if self.plan.observe:
            self.plan.observe(state, why)


async def _until(due: datetime) -> None:
    """Wait until a moment of the wall clock, which a machine that slept meanwhile may have passed."""
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - the clock tells nobody
        await asyncio.sleep(min(left, CLOCK_PAUSE))


def back_off(ends: int) -> float:
    """Return the seconds to wait after so many ends in a row: doubling, with jitter."""
    wait = min(FIRST_WAIT * float(1 << (ends - 1)), LONGEST_WAIT)
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret


def ending(status: int) -> str:
    """Return how a process ended."""
    if status >= 0:
        return f"ended with exit status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


async def reached(board: Board, status: Status, wanted: State) -> str:
    """Wait until a process is in a state; return the reason when it cannot reach it."""
    while status.state != wanted:
        if status.state in ("failed", "skipped", "stopped"):
            return f"{status.name} is {status.state}"
        await board.changed()
    return ""
