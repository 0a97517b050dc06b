"""`stead start`: Start single processes again."""

from pathlib import Path

from stead.cli.option import WhereOption
from stead.run.control_client import Remote


def start(*names: str, path: WhereOption = Path()) -> None:
    """Start single processes again.

    Parameters
    ----------
    names
        Their names, as `stead status` shows them.
    """
    Remote(path).ask("start", names)
