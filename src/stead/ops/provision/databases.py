"""`python -m stead.ops.provision.databases ADMIN_URL_FILE URL_FILE:REPLICAS:POOL…`: make each URL's database and role.

How many connections a role may have is said by how often its service runs, and by its pool: `DATABASE_POOL` in the
environment, else what is here; a file alone is of one that runs once.

A URL of another server is left alone: that database is another's to make.
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
    """Make what the files name; return the exit status."""
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
    """Make one database and its role; return what was done, without a password."""
    server, wanted = urlsplit(admin), urlsplit(url)
    name = unquote(wanted.path.removeprefix("/"))
    if (server.hostname, server.port) != (wanted.hostname, wanted.port):
        return f"{name}: on {wanted.hostname}, left alone"
    if unquote(wanted.username or "") != name or not wanted.password:
        raise SteadError(
            f"the database {name} is its role's own: its URL has to name {name} as the user, and a password"
        )
    try:
        create_database(admin, name, unquote(wanted.password), connections)
    except OperationalError as error:
        where = f"{server.hostname}:{server.port or 5432}"
        raise SteadError(f"{name}: PostgreSQL at {where} cannot be asked: {str(error).strip()}") from error
    return f"{name}: there"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SteadError as error:
        sys.exit(str(error))
