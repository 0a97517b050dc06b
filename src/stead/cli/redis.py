"""`stead redis`: a session in Redis, as a service."""

import os
import sys
from typing import Annotated
from urllib.parse import SplitResult, unquote

from cyclopts import Parameter

from stead.cli.resource_client import url_of
from stead.cli.run import split
from stead.model import Redis
from stead.run.error import RunError
from stead.run.redis import client

Rest = Annotated[
    str, Parameter(allow_leading_hyphen=True, help="SERVICE, its setting, a PATH; after -- options of redis-cli.")
]


def redis(*words: Rest) -> None:
    """Open redis-cli as a service of a backend that runs, limited to that service's keys and commands."""
    before, arguments = split(words)
    place, login = session(url_of(Redis, before))
    sys.stdout.flush()
    program = str(client())
    os.execve(program, [program, *place, *arguments], {**os.environ, **login})  # noqa: S606 - what the command is for


def session(url: SplitResult) -> tuple[list[str], dict[str, str]]:
    """Return redis-cli's arguments for a URL, and variables for its environment, which alone hold the password."""
    if url.scheme not in ("redis", "rediss"):
        raise RunError(f"redis-cli cannot open a URL with {url.scheme or 'no'} scheme: give redis:// or rediss://")
    place = ["-h", url.hostname or "", "-p", str(url.port or 6379)]
    place += ["--tls"] if url.scheme == "rediss" else []  # otherwise redis-cli would send the password unencrypted
    place += ["-n", number] if (number := url.path.removeprefix("/")).isdecimal() else []
    password = unquote(url.password or "")
    if not password:
        return place, {}
    return [*place, "--user", unquote(url.username or "default")], {"REDISCLI_AUTH": password}
