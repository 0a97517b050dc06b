"""`stead redis`: a session in Redis, as a service."""

import os
import sys
from typing import Annotated
from urllib.parse import unquote

from cyclopts import Parameter

from stead.cli.resource_client import url_of
from stead.cli.run import split
from stead.model import Redis
from stead.run.redis import client

Rest = Annotated[str, Parameter(allow_leading_hyphen=True, help="SERVICE, its setting, a PATH; after -- redis-cli's.")]


def redis(*words: Rest) -> None:
    """Open redis-cli as a service of a backend that runs: with that service's keys and commands, and no others."""
    before, arguments = split(words)
    url = url_of(Redis, before)
    place = ["-h", url.hostname or "", "-p", str(url.port or 6379), "--user", unquote(url.username or "default")]
    login = {"REDISCLI_AUTH": unquote(url.password or "")}  # not among the arguments, which everybody here sees
    sys.stdout.flush()
    program = str(client())
    os.execve(program, [program, *place, *arguments], {**os.environ, **login})  # noqa: S606 - what the command is for
