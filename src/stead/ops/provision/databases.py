"""`python -m stead.ops.provision.databases ADMIN_URL_FILE URL_FILE…`: make each URL's database and role.

A URL of another server is left alone: that database is somebody else's to make.
"""

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stead.model import SteadError
from stead.run.postgres import create_database


def main(words: list[str]) -> int:
    """Make what the files name; return the exit status."""
    if len(words) < 2:
        sys.stderr.write("usage: python -m stead.ops.provision.databases ADMIN_URL_FILE URL_FILE...\n")
        return 64  # EX_USAGE
    admin, *urls = (Path(word).read_text(encoding="utf-8").strip() for word in words)
    for url in urls:
        sys.stderr.write(f"{make(admin, url)}\n")
    return 0


def make(admin: str, url: str) -> str:
    """Make one database and its role; return what was done, without a password."""
    server, wanted = urlsplit(admin), urlsplit(url)
    name = unquote(wanted.path.removeprefix("/"))
    if (server.hostname, server.port) != (wanted.hostname, wanted.port):
        return f"{name}: on {wanted.hostname}, left alone"
    if unquote(wanted.username or "") != name or not wanted.password:
        raise SteadError(
            f"the database {name} is its role's own: its URL has to name {name} as the user, and a password"
        )
    create_database(admin, name, unquote(wanted.password))
    return f"{name}: there"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SteadError as error:
        sys.exit(str(error))
