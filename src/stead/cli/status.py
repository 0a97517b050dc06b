"""`stead status`: show the state of each process, and what it waits for."""

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.option import Flag, Where
from stead.run.control_client import Remote

PIPED = 160  # columns where there is no terminal


def status(path: Where = Path(), /, *, as_json: Annotated[Flag, Parameter("--json")] = False) -> int:
    """Show the state of each process, and what it waits for; the exit status is 0 when all are healthy.

    Parameters
    ----------
    as_json
        Print JSON, for a program.
    """
    state = Remote(path).ask("status")
    if as_json:
        sys.stdout.write(json.dumps(state, indent=1) + "\n")
    else:
        from rich.console import Console

        from stead.cli.table import picture

        Console(width=None if sys.stdout.isatty() else PIPED).print(picture(state))
    return 0 if state["well"] else 1
