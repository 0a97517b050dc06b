"""A setting's text: in the environment, or in the file that `<NAME>_FILE` names, and how a value is written there.

Orchestrators hand out secrets as files, since a process's environment is seen by anyone who may look at the process.
"""

from collections.abc import Mapping
from pathlib import Path

SUFFIX = "_FILE"


def given(environ: Mapping[str, str], name: str) -> str:
    """Return the text of a setting, without the line break at the end of a file; nothing where it is not given.

    The environment comes first. OSError or UnicodeDecodeError when the file that is named cannot be read.
    """
    text = environ.get(name, "")
    file = environ.get(name + SUFFIX, "")
    return text or (Path(file).read_text(encoding="utf-8").rstrip("\r\n") if file else "")


def as_text(value: object) -> str:
    """Write a value as an environment variable holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
