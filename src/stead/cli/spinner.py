"""A line that names the current step: on a terminal only, and only after two seconds."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from stead.model.printable import printable

WONDERS = 2.0  # seconds
STEP = 0.2
CLEAR = "\r\x1b[K"


class Progress(Protocol):
    """Receives the name of the current step."""

    def __call__(self, what: str, /) -> None: ...


@contextmanager
def progress() -> Iterator[Progress]:
    """Show the last step on stderr after two seconds; erase the line at the end."""
    now = [""]
    if not sys.stderr.isatty():
        yield lambda what: now.__setitem__(0, what)
        return
    ended = threading.Event()
    showing = threading.Thread(target=_show, args=(now, ended), daemon=True)
    showing.start()
    try:
        yield lambda what: now.__setitem__(0, what)
    finally:
        ended.set()
        showing.join()


def _show(now: list[str], ended: threading.Event) -> None:
    wait, shown = WONDERS, False
    while not ended.wait(wait):
        wait, shown = STEP, True
        sys.stderr.write(f"{CLEAR}\x1b[2m{printable(now[0])} …\x1b[0m")
        sys.stderr.flush()
    if shown:
        sys.stderr.write(CLEAR)
        sys.stderr.flush()
