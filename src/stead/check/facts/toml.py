"""Whether TOML can be read."""

import re
import tomllib
from pathlib import Path

from stead.check.facts import At, Facts

LARGEST = 200_000  # characters: the standard library's reader takes a second for a million
AT = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add a fault where it cannot be read."""
    if len(text) > LARGEST:
        facts.faults.append(At(f"its TOML was not read: it has {len(text):,} characters", 0, 0, "unread"))
        return
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        facts.faults.append(fault(error, text))
    except RecursionError:
        facts.faults.append(At("it is nested too deeply", 1, 1, "toml"))


def fault(error: tomllib.TOMLDecodeError, text: str) -> At:
    """Return what the reader says, with the place apart from the words."""
    message = str(error)
    found = AT.search(message)
    line, column = (int(found[1]), int(found[2])) if found else (text.rstrip("\n").count("\n") + 1, 1)
    words = AT.sub("", message).removesuffix(" (at end of document)")
    return At(words[:1].lower() + words[1:], line, column, "toml")
