"""Read the console's recordings for a command; the error for an unreadable file names the remedy."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from stead.model import SteadError

Answer = TypeVar("Answer")


def ask_recording(file: Path, question: Callable[[], Answer]) -> Answer:
    """Return the rows of a query; SteadError when SQLite cannot read the file."""
    try:
        return question()
    except sqlite3.Error as error:
        raise SteadError(f"the recording {file} cannot be read: {error}\n  delete it to see the others") from None
