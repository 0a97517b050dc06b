"""SIGINT, SIGTERM and SIGHUP as an exception, so that a ship that is told to end undoes what it has begun.

A second signal changes nothing: what is being undone is undone to its end. SIGKILL is left to the next ship.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptedShipError(SystemExit):
    """The ship was told to end; the exit status is that of a program that the signal ended."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt or InterruptedShipError on the first signal of the block, and on no other."""
    before = {each: signal.signal(each, _interrupt) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise InterruptedShipError(128 + number)
