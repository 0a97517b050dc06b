"""`stead restart`: Restart processes of a backend that runs; all of them when none is named."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.run.remote import Remote


def restart(*names: str, path: Annotated[Path, Parameter(["--path", "-p"])] = Path()) -> None:
    """Restart processes of a backend that runs; all of them when none is named.

    Parameters
    ----------
    names
        Their names, as `stead status` shows them.
    path
        The folder of a backend.py, or the file itself.
    """
    Remote(path).ask("restart", names)
