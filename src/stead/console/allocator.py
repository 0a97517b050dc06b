"""The C library's memory allocator, told to keep one arena for all threads.

glibc gives each thread an arena of its own, and what one has freed the others do not use: the threads that read spans
and answer pages together held 10 MB more. Only one of them runs Python at a time, so one arena keeps none waiting.
"""

import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h of glibc


def use_one_arena() -> None:
    """Tell glibc; another C library has no arenas, or no such function."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
