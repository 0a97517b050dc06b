"""A setting's text: from the environment, or from the file that `<NAME>_FILE` names; and the text form of a value.

Orchestrators pass secrets as files, since everyone who may inspect a process can read its environment.
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
