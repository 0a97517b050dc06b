"""A Redis in a folder: made when new, started, stopped.

The same shape as PostgreSQL's: `prepare()` and `wait_ready()` are apart, so that a runner that starts every process
itself can start this one too; `start()` and `stop()` join them for everyone else.
"""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psutil

from stead.run.postgres import Program
from stead.run.redis.program import RedisError, binary, major
from stead.run.redis.wire import ask

HOST = "127.0.0.1"
POLL = 0.01  # seconds
SUPERUSER = "default"
# A write is in the operating system's hands before it is answered: it outlives the process, though not a power cut.
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec")
NOT_DURABLE = ("--appendonly", "no")


class Server:
    """One server: `folder/data`, `folder/password` and `folder/users` (both 0600) and `folder/redis.log`.

    port     0 chooses a free one, once; it stays over restarts of this object's server
    durable  False loses everything when the server stops: for tests only
    """

    def __init__(self, folder: Path, *, port: int = 0, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "redis.log"

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text()

    @property
    def pid(self) -> int | None:
        """The process that this object started, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def url(self) -> str:
        """Return the superuser's URL; `create_user` makes one for a service."""
        return f"redis://{SUPERUSER}:{self.password}@{HOST}:{self.port}/0"

    def prepare(self) -> Program:
        """Make the folder when there is none, and return the server's program; it stops on SIGTERM, within seconds.

        Raises RedisError, and leaves everything untouched, when the data is a newer version's or in use.
        """
        program = binary()
        self.data.mkdir(parents=True, exist_ok=True)
        self._refuse_newer_data(program)
        self._refuse_live_server()
        for remains in self.data.glob("temp-*"):  # what a server leaves that is killed while it rewrites its files
            remains.unlink()
        self._make_superuser()
        self.port = self.port or _free_port()
        return Program((str(program), *self._options()), {"LC_ALL": "C", "TZ": "UTC"})

    def wait_ready(self, alive: Callable[[], bool], *, seconds: float = 30.0) -> None:
        """Return when the server answers; raise RedisError when it ended, or did not within `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not alive():
                raise RedisError(f"Redis ended while it started. Its last words:\n{self._last_words()}")
            with suppress(OSError, RedisError):  # not listening yet, or still reading its data
                ask(self.url(), ("PING",))
                return
            time.sleep(POLL)
        raise RedisError(f"Redis was not ready within {seconds:g} s; its log is {self.log}.")

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
        """Stop and save; what does not end within `seconds` is killed, and loses nothing that it answered."""
        process, self._process = self._process, None
        if process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                break
        self._pidfile.unlink(missing_ok=True)

    @property
    def _pidfile(self) -> Path:
        return self.folder / "redis.pid"

    def _options(self) -> tuple[str, ...]:
        place = ("--bind", HOST, "--port", str(self.port), "--dir", str(self.data), "--pidfile", str(self._pidfile))
        durability = DURABLE if self.durable else NOT_DURABLE
        return (*place, "--aclfile", str(self.folder / "users"), "--save", "", "--loglevel", "notice", *durability)

    def _refuse_newer_data(self, program: Path) -> None:
        # Redis 7 writes a folder, older servers one file: an older one would start empty and say nothing.
        if (self.data / "appendonlydir").exists() and (found := major(program)) < 7:
            raise RedisError(
                f"{self.data} was written by Redis 7 or newer, and {program} is version {found}. "
                "It was left untouched: put the newer server on PATH, or choose another folder."
            )

    def _refuse_live_server(self) -> None:
        pid = _number(self._pidfile)
        if pid and _serves(pid, self.data):
            raise RedisError(
                f"{self.data} is held by a Redis that runs: process {pid}. It was left untouched: stop it first."
            )
        self._pidfile.unlink(missing_ok=True)

    def _make_superuser(self) -> None:
        """Draw the password once; the file of users holds its hash, and later the users that are made."""
        password, users = self.folder / "password", self.folder / "users"
        if password.exists() and users.exists():
            return
        word = secrets.token_urlsafe(24)
        hashed = sha256(word.encode()).hexdigest()
        _write_private(users, f"user {SUPERUSER} on #{hashed} ~* &* +@all\n")
        _write_private(password, word)

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
        except FileNotFoundError:
            return "(nothing)"


def _serves(pid: int, data: Path) -> bool:
    """Tell whether that process is a Redis that works in this folder; another may have its number by now."""
    try:
        process = psutil.Process(pid)
        return "server" in process.name() and Path(process.cwd()) == data.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _number(file: Path) -> int:
    try:
        return int(file.read_text().strip() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
