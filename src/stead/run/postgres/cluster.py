"""A PostgreSQL cluster in a folder."""

import os
import secrets
import shutil
import signal
import sys

from stead.run.embedded_server import EmbeddedServer, Program, write_private
from stead.run.port import HOST
from stead.run.postgres.create import in_database
from stead.run.postgres.lock import Holder, clear
from stead.run.postgres.program import MAJOR, PostgresError, program

SUPERUSER = "postgres"
# Settings for a laptop: little memory, many small databases; no JIT, which costs more than short queries take.
CONFIGURATION = {
    "listen_addresses": HOST,
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "jit": "off",
    "io_method": "sync",  # the default starts three more processes
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %q%d ",
    "timezone": "UTC",
}
# Iterations protect short passwords; ours are 192 random bits, and each new connection pays for every iteration.
PASSWORD_COST = "scram_iterations=1"  # noqa: S105
# The builtin provider sorts alike on every system. The superuser's password comes by standard input. Not synced: a
# machine that stops within the first seconds of an empty cluster has nothing to lose.
INITDB = (
    *("-U", SUPERUSER, "--pwfile=/dev/stdin", "--auth=scram-sha-256", "--set", PASSWORD_COST),
    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
)
# After a kill every file is synced before the log is replayed: one call for all instead of one for each of thousands.
RECOVERY = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster(EmbeddedServer):
    """One cluster: `folder/data`, `folder/password` (the superuser's, 0600) and `folder/postgres.log`."""

    name = "PostgreSQL"
    log_name = "postgres.log"
    error = PostgresError
    stops = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # transactions are rolled back, clients cut off

    @property
    def password(self) -> str:
        try:
            return (self.folder / "password").read_text()
        except FileNotFoundError:
            raise PostgresError(
                f"{self.folder / 'password'} is missing: the superuser's password of {self.data}. "
                "Put it back, or move the folder away to begin with an empty one."
            ) from None

    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        """Return the URL of a database; without a role, the superuser's."""
        word = self.password if password is None else password
        return in_database(f"postgresql://{HOST}:{self.port}", database, role, word)

    def prepare(self) -> Program:
        """Make the cluster when there is none, and return the server's program; it stops on SIGINT, within seconds.

        Raises PostgresError, and leaves everything untouched, when the data is another version's or in use.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._refuse_other_user()
        self._refuse_other_version()
        self._refuse_live_server()
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self.choose_port()
        return program("postgres", "-D", str(self.data), *self._options(), folder=self.data)

    def is_ready(self) -> bool:
        holder = Holder.of(self.data)
        return bool(holder and holder.ready and holder.is_running())

    def clear(self) -> None:
        clear(self.data)

    def _options(self) -> list[str]:
        values = {**CONFIGURATION, **RECOVERY, **({} if self.durable else NOT_DURABLE), "port": str(self.port)}
        values["unix_socket_directories"] = ""  # a path of more than 107 bytes would stop the start
        return ["-c", PASSWORD_COST, *(word for name, value in values.items() for word in ("-c", f"{name}={value}"))]

    def _refuse_other_user(self) -> None:
        try:
            (self.data / "PG_VERSION").exists()
        except PermissionError:
            raise PostgresError(
                f"{self.data} belongs to another user, and is closed to this one. It was left untouched: run as that "
                "user, or move it away to begin with an empty one."
            ) from None

    def _refuse_other_version(self) -> None:
        version = self.data / "PG_VERSION"
        if version.exists() and (found := version.read_text().strip()) != str(MAJOR):
            raise PostgresError(
                f"{self.data} is a data directory of PostgreSQL {found}, and this is PostgreSQL {MAJOR}. "
                "It was left untouched: dump it with its own version, or choose another folder."
            )
        if not version.exists() and self.data.is_dir() and any(self.data.iterdir()):
            raise PostgresError(f"{self.data} is not empty and no data directory of PostgreSQL; it was left untouched.")

    def _refuse_live_server(self) -> None:
        holder = Holder.of(self.data)
        if holder is None:
            return
        if holder.is_running():
            raise PostgresError(
                f"{self.data} is held by a PostgreSQL server that runs: process {holder.pid}, port {holder.port}. "
                "It was left untouched: stop that server first."
            )
        if left := clear(self.data):
            raise PostgresError(f"Processes {left} of a killed server still hold {self.data}, and do not end.")

    def _make(self) -> None:
        """Run initdb beside the final place and rename it, so that a start cut short leaves nothing half made."""
        for remains in self.folder.glob("making-*"):
            shutil.rmtree(remains)
        fresh = self.folder / f"making-{secrets.token_hex(4)}"
        fresh.mkdir(mode=0o700)
        initdb = program("initdb", "-D", str(fresh), *INITDB, folder=fresh)
        if initdb.user is not None and initdb.group is not None:
            os.chown(fresh, initdb.user, initdb.group)
        word = secrets.token_urlsafe(24)
        write_private(self.folder / "password", word)
        ran = initdb.run(word)
        if ran.returncode != 0:
            shutil.rmtree(fresh)
            raise PostgresError(f"PostgreSQL could not make {self.data}:\n{ran.stdout}")
        if self.data.exists():
            self.data.rmdir()
        fresh.rename(self.data)
