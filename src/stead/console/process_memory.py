"""How much memory a process has in use, with all that it has started: a service is often the child of a shell."""

import psutil


def memory(pid: int | None) -> int | None:
    """Return the resident bytes; None when there is no such process, or it may not be looked at."""
    if not pid:
        return None
    try:
        process = psutil.Process(pid)
        return sum(_resident(each) for each in (process, *process.children(recursive=True)))
    except psutil.Error:
        return None


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:  # it has ended since
        return 0
