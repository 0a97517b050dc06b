"""An embedded server with its data in a folder, such as PostgreSQL or Redis: create, start, stop.

`prepare()` and `wait_ready()` are separate for a runner that starts every process itself; `start()` and `stop()`
combine them.
"""

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from stead.model import SteadError
from stead.run.port import Ports

POLL = 0.01  # seconds
LAST = 10  # lines


@dataclass(frozen=True)
class Program:
    """A program to start: its arguments, what its environment holds, and the user it runs as (None: this one)."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    group: int | None = None

    def run(self, words: str) -> "subprocess.CompletedProcess[str]":
        """Run it to its end with `words` on its standard input; what it says on both outputs is in `stdout`."""
        read, write = os.pipe()
        os.write(write, words.encode())
        os.close(write)
        if self.user is not None and self.group is not None:
            os.fchown(read, self.user, self.group)  # otherwise it may not open /dev/stdin
        try:
            return subprocess.run(
                self.command,
                check=False,
                env={**os.environ, **self.environment},
                stdin=read,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
            )
        finally:
            os.close(read)

    def start(self, log: Path) -> "subprocess.Popen[bytes]":
        with log.open("ab") as output:
            return subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
            )


class EmbeddedServer(ABC):
    """One server: `folder/data`, and its log beside it.

    port     0 chooses a free one, once; it stays over restarts of this object's server
    durable  False loses what was written when the machine stops: for tests only
    """

    name: ClassVar[str]
    log_name: ClassVar[str]
    error: ClassVar[type[SteadError]]
    stops: ClassVar[tuple[signal.Signals, ...]]  # asked in this order, each gets a part of the time

    def __init__(self, folder: Path, *, port: int = 0, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.port = port
        self._ports = Ports()  # they keep the port of this server until it listens
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / self.log_name

    @property
    def pid(self) -> int | None:
        """The process that this object started, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @abstractmethod
    def url(self) -> str:
        """Return the superuser's URL."""

    @abstractmethod
    def prepare(self) -> Program:
        """Create missing data, and return the server's program."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Return whether the started server accepts connections."""

    @abstractmethod
    def clear(self) -> None:
        """Remove the state files of a server that has ended."""

    def choose_port(self) -> int:
        self.port = self.port or self._ports.free()
        return self.port

    def wait_ready(self, alive: Callable[[], bool], *, seconds: float = 30.0) -> None:
        """Return when the server accepts connections; raise its error when it ends, or after `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not alive():
                raise self.error(f"{self.name} ended during its start. Its last output:\n{self._last_log_lines()}")
            if self.is_ready():
                return
            time.sleep(POLL)
        raise self.error(f"{self.name} was not ready within {seconds:g} s; read its log: {self.log}")

    def start(self) -> str:
        """Start the server, wait until it is ready, and return the superuser's URL."""
        process = self.prepare().start(self.log)
        self._process = process
        try:
            self.wait_ready(lambda: process.poll() is None)
        except BaseException:
            self.stop()
            raise
        return self.url()

    def stop(self, *, seconds: float = 10.0) -> None:
        """Stop the server and close its connections; kill it when it does not end."""
        process, self._process = self._process, None
        if process is None:
            return
        for how in self.stops:
            with suppress(ProcessLookupError):
                process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds / 2)
                break
        self.clear()

    def _last_log_lines(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST:])
        except FileNotFoundError:
            return "(nothing)"


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
