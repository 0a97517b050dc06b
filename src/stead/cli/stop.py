"""`stead stop`: Stop single processes of a backend that runs."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.run.remote import Remote


def stop(*names: str, path: Annotated[Path, Parameter(["--path", "-p"])] = Path()) -> None:
    """Stop single processes of a backend that runs.

    Parameters
    ----------
    names
        Their names, as `stead status` shows them.
    path
        The folder of a backend.py, or the file itself.
    """
    Remote(path).ask("stop", names)
