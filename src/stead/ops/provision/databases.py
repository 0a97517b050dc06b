"""`python -m stead.ops.provision.databases ADMIN_URL_FILE URL_FILE:REPLICAS:POOL…`: create each URL's database and
role.

The limit of a role's connections follows from the replicas and the pool of its service: `DATABASE_POOL` in the
environment, otherwise the argument; without it, one replica. The program does not change a URL of another server.
"""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from psycopg import OperationalError

from stead.model import SteadError
from stead.model.connections import POOL, POOL_SETTING, connection_limit
from stead.run.postgres import create_database


def main(words: list[str]) -> int:
    """Create the databases of the files; return the exit status."""
    if len(words) < 2:
        sys.stderr.write("usage: python -m stead.ops.provision.databases ADMIN_URL_FILE URL_FILE[:REPLICAS:POOL]...\n")
        return 64  # EX_USAGE
    admin = _text(words[0])
    pool = os.environ.get(POOL_SETTING, "")
    for word in words[1:]:
        file, replicas, size = _parts(word)
        sys.stderr.write(f"{make(admin, _text(file), connection_limit(replicas, int(pool or size)))}\n")
    return 0


def _text(file: str) -> str:
    return Path(file).read_text(encoding="utf-8").strip()


def _parts(word: str) -> tuple[str, int, int]:
    match word.rsplit(":", 2):
        case [file, replicas, pool] if replicas.isdigit() and pool.isdigit():
            return file, int(replicas), int(pool)
    return word, 1, POOL


def make(admin: str, url: str, connections: int) -> str:
    """Create one database and its role; return a line for the log, without a password."""
    server, wanted = urlsplit(admin), urlsplit(url)
    name = unquote(wanted.path.removeprefix("/"))
    if (server.hostname, server.port) != (wanted.hostname, wanted.port):
        return f"{name}: on {wanted.hostname}, left alone"
    if unquote(wanted.username or "") != name or not wanted.password:
        raise SteadError(f"the URL of the database {name} must have {name} as the user, and a password")
    try:
        create_database(admin, name, unquote(wanted.password), connections)
    except OperationalError as error:
        where = f"{server.hostname}:{server.port or 5432}"
        raise SteadError(f"{name}: PostgreSQL at {where} does not answer: {str(error).strip()}") from error
    return f"{name}: there"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SteadError as error:
        sys.exit(str(error))
