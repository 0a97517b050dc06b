"""The recorder: one thread that takes logs, spans and states, and writes them into the run's file a few times a second.

When the file or the disk takes no more, recording ends, and says so once; the backend does not notice.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from stead.console.config import Limits
from stead.console.log_reader import LogFolder
from stead.console.masking import Mask
from stead.console.metric_sampler import Measurement
from stead.console.otlp import Span, is_probe
from stead.console.run_file import RunFile
from stead.run.control_client import Remote
from stead.run.error import NotRunningError, RunError
from stead.run.state_directory import Folder

PERIOD = 0.2  # seconds between two writes
WAITING = 20_000  # spans that wait to be written; what comes then is dropped, and counted
BUSY = 5_000  # spans that wait while their senders do not; a span takes about 1 kB
WAITING_BYTES = 16_777_216  # of those, in characters of their attributes and events
SENDERS = 100  # names that are kept
RETRY = 0.1  # seconds until the run is asked again for its state

Row = TypeVar("Row")


class Recorder:
    """Writes in a thread of its own until `end()`."""

    def __init__(
        self,
        path: Path,
        limits: Limits,
        about: Mapping[str, str],
        logs: LogFolder,
        mask: Mask,
        tell: Callable[[str], None],
    ) -> None:
        self.problem = ""
        self.dropped = 0  # spans
        self.opened = threading.Event()
        self._path, self._limits, self._about = path, limits, about
        self._logs, self._mask, self._tell = logs, mask, tell
        self.senders: set[str] = set()  # the names of services that sent spans
        self._spans: deque[Span] = deque()
        self._waiting = 0  # characters
        self._states: deque[tuple[Any, ...]] = deque(maxlen=WAITING)
        self._metrics: deque[Measurement] = deque(maxlen=WAITING)
        self._due, self._ended = threading.Event(), False  # what waits is to be written now; for the last time
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self.start = self._thread.start

    @property
    def busy(self) -> bool:
        """Tell whether so many spans wait that their senders had better do."""
        return not self.problem and (len(self._spans) >= BUSY or self._waiting > WAITING_BYTES // 2)

    def take(self, spans: Iterable[Span]) -> None:
        """Take spans; where they come faster than they are written, the newest are dropped."""
        for span in spans:
            if is_probe(span):
                continue
            if self.problem or len(self._spans) >= WAITING or self._waiting > WAITING_BYTES:
                self.dropped += 1
                continue
            self._spans.append(span)
            self._waiting += len(span.attributes) + len(span.events)
            if len(self.senders) < SENDERS:
                self.senders.add(span.service)
        if self.busy:
            self._due.set()

    def note(self, process: Mapping[str, Any]) -> None:
        """Take the state of a process."""
        at = time.time_ns() // 1000
        names = ("name", "kind", "state", "why", "url", "restarts", "pid")
        self._states.append((at, *(process[name] for name in names)))

    def measure(self, measurements: Iterable[Measurement]) -> None:
        """Take what was measured of the processes."""
        self._metrics.extend(measurements)

    def describe(self, about: Mapping[str, str]) -> None:
        """Take what the run is by now."""
        self._about = about

    def _run(self) -> None:
        try:
            file = RunFile(self._path, self._limits)
        except (sqlite3.Error, OSError) as error:
            self._stop(error)
            return
        finally:
            self.opened.set()
        try:
            while not self._ended:
                self._due.wait(PERIOD)
                self._due.clear()
                self._write(file)
            self._write(file)  # what was written last
        except (sqlite3.Error, OSError, RunError) as error:
            self._stop(error)
        except Exception as error:
            self._stop(error)  # unexpected errors are reported as well: without that, the page would only stop changing
            raise
        finally:
            file.close()
            self._logs.close()

    def end(self, seconds: float = 3.0) -> None:
        self._ended = True
        self._due.set()
        self._thread.join(seconds)

    def _stop(self, error: Exception) -> None:
        self.problem = f"the console records nothing more of this run: {self._path}: {error}"
        self._spans.clear()
        self._tell(self.problem)

    def _write(self, file: RunFile) -> None:
        about, self._about = self._about, {}
        if about:
            file.about(**about)
        logs = list(self._logs.read())
        self._waiting = 0
        spans, states, metrics = _taken(self._spans), _taken(self._states), _taken(self._metrics)
        if logs or spans or states or metrics or not file.idle:
            mask = self._mask.rows
            file.add(mask(logs), mask(spans), mask(states), metrics)


def _taken(queue: deque[Row]) -> list[Row]:
    """Return what waits now; what comes meanwhile waits for the next write."""
    return [queue.popleft() for _ in range(len(queue))]


class StateWatcher:
    """Follows the states of a run over its control socket, in a thread of its own; `state` is the last one."""

    def __init__(self, folder: Folder, recorder: Recorder) -> None:
        self.start = threading.Thread(target=self._run, name="states", daemon=True).start
        self.state: Mapping[str, Any] = {}
        self._folder, self._recorder = folder, recorder
        self._shown: dict[str, tuple[Any, ...]] = {}

    def _run(self) -> None:
        while True:
            try:
                for state in Remote(self._folder.description).watch():
                    self._take(state)
            except (NotRunningError, RunError, OSError, ValueError):
                pass  # it is starting, or ends: whoever started this process sees both
            time.sleep(RETRY)

    def _take(self, state: Mapping[str, Any]) -> None:
        self.state = state
        for process in state["processes"]:
            now = tuple(process[name] for name in ("state", "why", "url", "restarts", "pid"))
            if self._shown.get(process["name"]) != now:
                self._shown[process["name"]] = now
                self._recorder.note(process)
