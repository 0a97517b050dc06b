"""`stead graph`: draw who calls whom."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from stead.cli.option import Where
from stead.model import load
from stead.render.graph import FORMATS


def graph(
    path: Where = Path(),
    /,
    *,
    form: Annotated[Literal["mermaid", "dot", "table"], Parameter(["--format", "-f"])] = "mermaid",
) -> None:
    """Draw who calls whom, and for what.

    Parameters
    ----------
    form
        Mermaid, which the web draws, DOT for Graphviz, or a table.
    """
    sys.stdout.write(FORMATS[form](load(path)))
