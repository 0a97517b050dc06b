"""Turn SIGINT, SIGTERM and SIGHUP into an exception, so that an interrupted ship undoes its changes.

A second signal is ignored, so that the undo completes. After SIGKILL the next ship does the undo.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


_waits = False  # in a block of `held_back`
_arrived: list[int] = []  # signals of that block


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


@contextmanager
def held_back() -> Iterator[None]:
    """Raise at the end of the block what a signal raises: a process that is being started is then known, and is ended.

    In the middle of `Popen(…)` the process runs, and nobody has it yet: it would go on beside the undo. Signals are of
    the main thread; in another one, the block holds nothing back.
    """
    global _waits
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _waits = True
    try:
        yield
    finally:
        _waits = False
        if _arrived:
            _raise(_arrived.pop())


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if _waits:
        _arrived.append(number)
    else:
        _raise(number)


def _raise(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise InterruptedShipError(128 + number)
