"""Processes of a killed forkserver: the kernel assigns them to the supervisor, which continues to watch them."""

import asyncio
import os
import signal
from contextlib import suppress

from stead.run.forkserver import mark

UNKNOWN = -signal.SIGKILL  # the exit status of a process that another one has waited for


def can_adopt() -> bool:
    """Return whether this system supports subreapers and reports the exit status of adopted processes."""
    return mark.IS_LINUX and hasattr(os, "pidfd_open")


async def ended(pid: int, marked: str) -> int:
    """Wait until an adopted process ends, stop its children, and return its exit status."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return UNKNOWN
    try:
        await _readable(process)
    finally:
        os.close(process)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # before it is waited for: its number cannot belong to another process yet
    try:
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])  # noqa: ASYNC222 - it has ended
    except ChildProcessError:
        status = UNKNOWN
    await asyncio.to_thread(mark.end, marked)
    return status


async def _readable(file: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(file, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(file)
