"""Options of several commands, each defined once."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

FLAG = Parameter(negative="", show_default=False)
Flag = Annotated[bool, FLAG]
Where = Annotated[Path, Parameter(help="The folder of a backend.py, or the file itself.")]
Words = Annotated[
    str,
    Parameter(
        help=(
            "Names of processes, as stead status shows them. A word with a slash or a dot is the PATH: ./shop, "
            "backends/shop."
        )
    ),
]
