"""`stead token`: a development user's token."""

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
    """Make a development user's token, as the identity provider would: for this machine's backend only.

    Parameters
    ----------
    user
        The user's id, such as ann.
    role
        A role that the user has; may be given several times.
    ttl
        Seconds for which it is valid.
    """
    sys.stdout.write(development_token(path, user, tuple(role or ()), seconds=ttl) + "\n")
