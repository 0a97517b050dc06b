"""The folder `.stead/` beside a backend.py: the private state of runs on this machine.

Everything in it can be deleted while nothing runs; the development databases and secrets are then created again.
"""

import fcntl
import hashlib
import json
import os
import socket
import struct
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stead.model.load import above
from stead.model.private import untrusted_reason
from stead.run.error import AlreadyRunsError, RunError
from stead.run.program import command
from stead.run.socket_folder import socket_folder

NAME = ".stead"
CONNECT = 2.0  # seconds; one that is stopped takes a connection as long as its queue is not full
LOCAL_PEERPID = 2  # macOS, sys/un.h; the level is SOL_LOCAL, 0
TIMEOUT = 8.0  # seconds in which a killed run has been cleaned up


@dataclass(frozen=True)
class Run:
    """The announcement of a running supervisor."""

    pid: int
    backend: str
    environment: str
    url: str
    socket: str


class Folder:
    """The `.stead/` of one backend."""

    def __init__(self, description: Path) -> None:
        self.description = description
        self.path = description.parent / NAME
        self.logs = self.path / "logs"
        self.run_file = self.path / "run.json"

    def make(self) -> None:
        """Create the folder, inaccessible to others and ignored by git; RunError when it cannot be created or
        trusted.
        """
        self.refuse()
        try:
            self.path.mkdir(mode=0o700, exist_ok=True)
            self.path.chmod(0o700)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
        except OSError as error:
            mend = "A run stores its databases, logs and keys there: copy the project to a writable folder."
            raise RunError(f"{self.path} cannot be written: {error.strerror}. {mend}") from None

    def refuse(self) -> None:
        """Raise RunError when this folder, or one in it, is a link or another user's."""
        for folder in (self.path, self.logs):
            if why := untrusted_reason(folder):
                raise RunError(why)

    def write_private(self, name: str, text: str) -> Path:
        """Write a file that only this user may read, all of it or nothing."""
        path = self.path / name
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        fresh.replace(path)
        return path

    def read_json(self, name: str) -> Any:
        """Return the content of a file in this folder; None when it does not exist."""
        self.refuse()
        try:
            return json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise RunError(f"{self.path / name} is damaged ({error}); delete it, and Stead creates it again.") from None

    def lock(self) -> int:
        """Take the lock, and return the open file that holds it: as long as any process keeps it open, it is held.

        The kernel gives it back when the last holder ends, however it ends. A run that was killed is waited for while
        it cleans up; one that lives raises AlreadyRunsError.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + TIMEOUT
        while not _locks(descriptor):
            run = self.run()
            if run and _answers(run.socket):
                os.close(descriptor)
                raise AlreadyRunsError(
                    f"{run.backend} is already running: process {run.pid}, {run.url}\n"
                    f"  see it:  {command('status', self.shown)}\n  stop it: {command('down', self.shown)}\n"
                    f"  apply a changed description: {command('up', self.shown, '-d')}"
                )
            if time.monotonic() > until:
                os.close(descriptor)
                raise AlreadyRunsError(
                    f"{self.path / 'lock'} is locked by a run that is starting or ending; try again."
                )
            time.sleep(0.05)
        if pid := self.listener():
            os.close(descriptor)
            raise AlreadyRunsError(
                f"process {pid} runs this backend, and its {NAME} was deleted.\n  stop it: stead down {self.shown}"
            )
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return descriptor

    def holder(self) -> int:
        """Return the id of the process that took the lock, as long as the lock is held; 0 when it is not."""
        try:
            pid = (self.path / "lock").read_text() if self.is_locked() else ""
        except FileNotFoundError:
            return 0
        return int(pid) if pid.isdigit() else 0

    def listener(self) -> int:
        """Return the id of the process that listens on the control socket; 0 when there is none."""
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(CONNECT)
            try:
                channel.connect(str(self.socket()))
                return _peer(channel)
            except OSError:
                return 0

    def is_locked(self) -> bool:
        """Return whether a run holds this backend, or is still ending."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not _locks(descriptor)
        finally:
            os.close(descriptor)

    def announce(self, run: Run) -> None:
        """Announce the run: here, and beside the socket for commands from another folder."""
        self.write_private("run.json", json.dumps(asdict(run)))
        self.socket().with_suffix(".path").write_text(str(self.description))

    def marker_files(self) -> list[Path]:
        """Return the announcement files, which are removed at the end of the run."""
        return [self.run_file, *(self.socket().with_suffix(end) for end in (".sock", ".path", ".envoy", ".proxy"))]

    def run(self) -> Run | None:
        """Return the announcement of the last run, which may have been killed since."""
        record = self.read_json("run.json")
        return Run(**record) if record else None

    def socket(self) -> Path:
        """Return the path of the control socket: short, since the system allows about 100 bytes, and private."""
        return socket_folder() / f"{self.mark}.sock"

    @property
    def mark(self) -> str:
        """The prefix of the marks of this backend's processes."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:16]

    @property
    def shown(self) -> str:
        """The backend's folder as a person here would write it; nothing when they are in it."""
        if above(Path()) == self.description:
            return ""
        try:
            inside = str(self.description.parent.relative_to(Path.cwd()))
        except ValueError:
            return str(self.description.parent)
        return inside if "/" in inside else f"./{inside}"  # a word without a slash could be a process's name


def all_that_run() -> list[Path]:
    """Return the descriptions of this user's backends that run."""
    marker_files = sorted(socket_folder().glob("*.path"))
    return [Path(sign.read_text()) for sign in marker_files if _answers(str(sign.with_suffix(".sock")))]


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _peer(channel: socket.socket) -> int:
    if hasattr(socket, "SO_PEERCRED"):
        return int(struct.unpack("3i", channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
    return int(struct.unpack("i", channel.getsockopt(0, LOCAL_PEERPID, 4))[0])


def _answers(path: str) -> bool:
    """Return whether a supervisor listens there; its process id may belong to a zombie or to another process by now."""
    with socket.socket(socket.AF_UNIX) as channel:
        try:
            channel.connect(path)
        except OSError:
            return False
    return True
