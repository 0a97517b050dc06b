"""Turn SIGINT, SIGTERM and SIGHUP into an exception, so that an interrupted ship undoes its changes.

A second signal is ignored, so that the undo completes. After SIGKILL the next ship does the undo.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptedShipError(SystemExit):
    """A signal interrupted the ship; the exit status is that of a program that the signal ends."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt or InterruptedShipError on the first signal during the block, and ignore later ones."""
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
