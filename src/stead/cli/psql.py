"""`stead psql`: a session in the database of a service, as that service."""

import os
import sys
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import SplitResult, quote, unquote, urlunsplit

from cyclopts import Parameter

from stead.cli.resource_client import url_of
from stead.cli.run import split
from stead.model import Postgres
from stead.run.postgres.program import binary

Rest = Annotated[
    str, Parameter(allow_leading_hyphen=True, help="SERVICE, its setting, a PATH; after -- options of psql.")
]


def psql(*words: Rest) -> None:
    """Open psql in the database of a service of a backend that runs, with that service's role."""
    before, arguments = split(words)
    place, environ = session(url_of(Postgres, before), os.environ)
    sys.stdout.flush()
    program = str(binary("psql"))
    os.execve(program, [program, *place, *arguments], environ)  # noqa: S606 - what the command is for


def session(url: SplitResult, environ: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return psql's arguments for a URL, and its environment, which alone holds the password.

    Variables of the shell that select another server (PGHOSTADDR, PGSERVICE) are removed.
    """
    user, host = quote(unquote(url.username or ""), safe=""), url.netloc.rpartition("@")[2]
    there = urlunsplit(url._replace(netloc=f"{user}@{host}" if user else host))  # with ?sslmode=, where there is one
    others = {name: value for name, value in environ.items() if not name.startswith("PG")}
    return ["--dbname", there], others | {"PGPASSWORD": unquote(url.password or "")}
