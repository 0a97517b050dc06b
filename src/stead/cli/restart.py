"""`stead restart`: Restart processes of a backend that runs; all of them when none is named."""

from pathlib import Path

from stead.cli.option import WhereOption
from stead.run.control_client import Remote


def restart(*names: str, path: WhereOption = Path()) -> None:
    """Restart processes of a backend that runs; all of them when none is named.

    Parameters
    ----------
    names
        Their names, as `stead status` shows them.
    """
    Remote(path).ask("restart", names)
