"""`stead psql`: a session in the database of a service, as that service."""

import os
import sys
from typing import Annotated
from urllib.parse import unquote

from cyclopts import Parameter

from stead.cli.resource_client import url_of
from stead.cli.run import split
from stead.model import Postgres
from stead.run.postgres.program import binary

Rest = Annotated[str, Parameter(allow_leading_hyphen=True, help="SERVICE, its setting, a PATH; after -- psql's own.")]


def psql(*words: Rest) -> None:
    """Open psql in the database of a service of a backend that runs, with that service's role."""
    before, arguments = split(words)
    url = url_of(Postgres, before)
    login = {
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port or 5432),
        "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""),  # not among the arguments, which everybody on the machine sees
        "PGDATABASE": unquote(url.path.removeprefix("/")),
    }
    sys.stdout.flush()
    program = str(binary("psql"))
    os.execve(program, [program, *arguments], {**os.environ, **login})  # noqa: S606 - what the command is for
