"""`stead version`: show the version of Stead."""

import platform
import sys
from importlib.metadata import version as installed
from pathlib import Path

from stead.cli.option import Flag

PACKAGE = Path(__file__).resolve().parent.parent


def version(*, verbose: Flag = False) -> None:
    """Show the version of Stead.

    Parameters
    ----------
    verbose
        Also show the version of Python, and the paths of both.
    """
    sys.stdout.write(f"{installed('stead')}\n")
    if verbose:
        sys.stdout.write(f"Stead    {PACKAGE}\nPython   {platform.python_version()}, {sys.executable}\n")
