"""`stead start`: Start single processes again."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.run.remote import Remote


def start(*names: str, path: Annotated[Path, Parameter(["--path", "-p"])] = Path()) -> None:
    """Start single processes again.

    Parameters
    ----------
    names
        Their names, as `stead status` shows them.
    path
        The folder of a backend.py, or the file itself.
    """
    Remote(path).ask("start", names)
