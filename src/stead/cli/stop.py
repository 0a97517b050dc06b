"""`stead stop`: Stop single processes of a backend that runs."""

from pathlib import Path

from stead.cli.option import WhereOption
from stead.run.control_client import Remote


def stop(*names: str, path: WhereOption = Path()) -> None:
    """Stop single processes of a backend that runs.

    Parameters
    ----------
    names
        Their names, as `stead status` shows them.
    """
    Remote(path).ask("stop", names)
