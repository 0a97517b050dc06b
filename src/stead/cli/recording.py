"""Reads what the console has recorded, for a command: a file that cannot be read is told, with the way out."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from stead.model import SteadError

Answer = TypeVar("Answer")


def ask_recording(file: Path, question: Callable[[], Answer]) -> Answer:
    """Return the answer to a question; SteadError when SQLite cannot read the file."""
    try:
        return question()
    except sqlite3.Error as error:
        raise SteadError(f"the recording {file} cannot be read: {error}\n  delete it to see the others") from None
