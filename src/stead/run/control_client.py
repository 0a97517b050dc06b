"""The client of a running supervisor's control socket."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from stead.model.load import above, find
from stead.run.error import NotRunningError, RunError
from stead.run.state_directory import Folder, Run, all_that_run

ANSWER = 5.0  # seconds; an answer that is known comes at once


def running_description(path: str | Path) -> Path:
    """Return the description at a path; without a path and a description here, that of the only run."""
    if Path(path) == Path() and above(Path()) is None:
        runs = all_that_run()
        if len(runs) == 1:
            return runs[0]
        if runs:
            raise RunError("several backends run; name one: " + ", ".join(str(each.parent) for each in runs))
    return find(path)


class Remote:
    """The supervisor of the backend at a path; NotRunningError when it does not run."""

    def __init__(self, path: str | Path = ".") -> None:
        self.folder = Folder(running_description(path))
        run = self.folder.run() or self._unannounced()
        if run is None:
            raise NotRunningError(f"nothing runs here: {self.folder.description}\n  start it: stead up")
        self.run: Run = run

    def ask(self, do: str, names: Sequence[str] = (), *, timeout: float = 60.0) -> dict[str, Any]:
        """Send one request; RunError with the supervisor's message when it refuses."""
        for answer in self._answers(do, names, min(timeout, ANSWER) if do == "status" else timeout):
            return answer
        raise self._not_running()

    def watch(self) -> Iterator[dict[str, Any]]:
        """Yield the state now and whenever it changes, until the run ends."""
        yield from self._answers("watch", (), None)

    def _answers(self, do: str, names: Sequence[str], timeout: float | None) -> Iterator[dict[str, Any]]:
        with closing(self._connect(timeout)) as channel, channel.makefile("rw", encoding="utf-8") as talk:
            try:
                talk.write(json.dumps({"do": do, "names": list(names)}) + "\n")
                talk.flush()
                yield from map(_checked_answer, talk)
            except TimeoutError:
                raise self._silent() from None
            except ConnectionError:
                raise self._not_running() from None

    def _connect(self, timeout: float | None) -> socket.socket:
        channel = socket.socket(socket.AF_UNIX)
        channel.settimeout(timeout)
        try:
            channel.connect(self.run.socket)
        except (TimeoutError, BlockingIOError):  # the latter when its queue is full
            channel.close()
            raise self._silent() from None
        except OSError:
            channel.close()
            raise self._not_running() from None
        return channel

    def _unannounced(self) -> Run | None:
        """Return a run whose folder was deleted or is not written yet: its socket identifies its process."""
        pid = self.folder.listener()
        return Run(pid, self.folder.description.parent.name, "", "", str(self.folder.socket())) if pid else None

    def _silent(self) -> RunError:
        pid = self.folder.listener() or self.run.pid
        return RunError(
            f"process {pid}, which runs {self.run.backend}, does not answer: it is stopped or overloaded\n"
            f"  continue it:  kill -CONT {pid}\n  end it:       stead down {self.folder.shown}".rstrip()
        )

    def _not_running(self) -> NotRunningError:
        return NotRunningError(f"{self.run.backend} has ended: {self.folder.description}")


def _checked_answer(line: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(line)
    if not answer.pop("ok"):
        raise RunError(answer["error"])
    return answer
