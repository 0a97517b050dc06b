"""`stead token`: create a token for a development user."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.option import Where
from stead.run.run_info import development_token


def token(
    user: str,
    path: Where = Path(),
    /,
    *,
    role: Annotated[list[str] | None, Parameter(["--role", "-r"], negative="")] = None,
    ttl: int = 3600,
) -> None:
    """Create a token for a development user, as the identity provider would: valid only for the run on this machine.

    Parameters
    ----------
    user
        The user's id, such as ann.
    role
        A role of the user; may be given several times.
    ttl
        The seconds for which the token is valid.
    """
    sys.stdout.write(development_token(path, user, tuple(role or ()), seconds=ttl) + "\n")
