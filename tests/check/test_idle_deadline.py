"""The check judges another process by what it does: one that is slow, since the machine is, is not given up."""

import subprocess
import sys
import time
from contextlib import contextmanager

from stead.check.idle_deadline import POLL_SECONDS, IdleDeadline


@contextmanager
def running(code: str):
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        time.sleep(0.5)  # its own start
        yield process
    finally:
        process.kill()
        process.wait()


def verdict(deadline: IdleDeadline, seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if why := deadline.expiry_reason():
            return why
        time.sleep(POLL_SECONDS / 5)
    return ""


def test_what_waits_for_its_turn_is_not_given_up():
    """Beside processes of a higher priority, it gets little of the processor, and takes much longer."""
    with running("import os\nos.nice(19)\nwhile True: pass") as process:
        assert verdict(IdleDeadline(process.pid, idle=0.5, busy=60), 2) == ""


def test_what_does_nothing_is_given_up():
    with running("import time; time.sleep(60)") as process:
        assert verdict(IdleDeadline(process.pid, idle=1, busy=60), 5) == "it was not finished, and did nothing for 1 s"


def test_what_computes_without_end_is_given_up():
    with running("while True: pass") as process:
        assert verdict(IdleDeadline(process.pid, idle=60, busy=1), 20) == "it was not finished after 1 s of computing"
