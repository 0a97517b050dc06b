"""How much memory a process has in use, with all that it has started: a service is often the child of a shell.

A page that several processes share counts for each by its part, where the system tells (Linux): the services of the
kit are forked from one process, and share most of what they have loaded.
"""

import psutil


def memory(pid: int | None) -> int | None:
    """Return the bytes in use; None when there is no such process, or it may not be looked at."""
    if not pid:
        return None
    try:
        process = psutil.Process(pid)
        return sum(_used(each) for each in (process, *process.children(recursive=True)))
    except psutil.Error:
        return None


def _used(process: psutil.Process) -> int:
    try:
        about = process.memory_full_info()
    except psutil.NoSuchProcess:  # it has ended since
        return 0
    return int(getattr(about, "pss", about.rss))
