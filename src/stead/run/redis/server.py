"""A Redis in a folder."""

import secrets
import signal
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psutil

from stead.run.embedded_server import EmbeddedServer, Program, write_private
from stead.run.port import HOST
from stead.run.redis.program import RedisError, binary, major
from stead.run.redis.protocol import ask

SUPERUSER = "default"
# A write is in the operating system's hands before it is answered: it outlives the process, though not a power cut.
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec")
NOT_DURABLE = ("--appendonly", "no")


class Server(EmbeddedServer):
    """One server: `folder/data`, `folder/password` and `folder/users` (both 0600) and `folder/redis.log`."""

    name = "Redis"
    log_name = "redis.log"
    error = RedisError
    stops = (signal.SIGTERM, signal.SIGKILL)  # it saves first, and loses nothing that it acknowledged

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text()

    def url(self) -> str:
        """Return the superuser's URL; `create_user` makes one for a service."""
        return f"redis://{SUPERUSER}:{self.password}@{HOST}:{self.port}/0"

    def prepare(self) -> Program:
        """Create the folder if it does not exist, and return the server's program; it stops on SIGTERM within seconds.

        Raises RedisError, and leaves everything untouched, when the data is a newer version's or in use.
        """
        program = binary()
        self.data.mkdir(parents=True, exist_ok=True)
        self._refuse_newer_data(program)
        self._refuse_live_server()
        for remains in self.data.glob("temp-*"):  # files of a server that was killed during a rewrite
            remains.unlink()
        self._make_superuser()
        self.choose_port()
        return Program((str(program), *self._options()), {"LC_ALL": "C", "TZ": "UTC"})

    def is_ready(self) -> bool:
        """Return whether it answers: not while it does not listen, or still reads its data."""
        with suppress(OSError, RedisError):
            ask(self.url(), ("PING",))
            return True
        return False

    def clear(self) -> None:
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
        """Generate the password once; the file of users has its hash, and later all users."""
        password, users = self.folder / "password", self.folder / "users"
        if password.exists() and users.exists():
            return
        word = secrets.token_urlsafe(24)
        hashed = sha256(word.encode()).hexdigest()
        write_private(users, f"user {SUPERUSER} on #{hashed} ~* &* +@all\n")
        write_private(password, word)


def _serves(pid: int, data: Path) -> bool:
    """Return whether that process is a Redis that works in this folder; another may have its number by now."""
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
