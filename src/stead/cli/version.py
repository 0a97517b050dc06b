"""`stead version`: which Stead this is."""

import platform
import sys
from importlib.metadata import version as installed
from pathlib import Path

from stead.cli.option import Flag

PACKAGE = Path(__file__).resolve().parent.parent


def version(*, verbose: Flag = False) -> None:
    """Show which Stead this is.

    Parameters
    ----------
    verbose
        Show the Python that runs it, too, and where both are.
    """
    sys.stdout.write(f"{installed('stead')}\n")
    if verbose:
        sys.stdout.write(f"Stead    {PACKAGE}\nPython   {platform.python_version()}, {sys.executable}\n")
