"""A disk of the campaign's own, so that it can be full for real: a small tmpfs in a mount namespace, without root.

The campaign starts itself again inside of the namespace, and so does all that it starts. RLIMIT_FSIZE is the rejected
option: a process that meets it gets EFBIG or a signal, which no full disk gives.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

NAMESPACE = ("unshare", "--map-current-user", "--keep-caps", "--mount")
MOUNTED = 'mount -t tmpfs -o "size=$1m,mode=0700" tmpfs "$2" && shift 2 && exec "$@"'
BLOCK = 1 << 20


def can_be_mounted() -> bool:
    """Tell whether this machine lets a user mount a tmpfs in a namespace of their own."""
    command = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def enter(megabytes: int, folder: Path, words: list[str]) -> NoReturn:
    """Become the same campaign, with these words, in a namespace where the folder is a disk of that size."""
    again = [sys.executable, "-m", "campaign", *words]
    command = [*NAMESPACE, "sh", "-c", MOUNTED, "sh", str(megabytes), str(folder), *again]
    os.execvp(command[0], command)  # noqa: S606 - a program of the system, and no text of others


def fill(folder: Path) -> Path:
    """Write a file until nothing more can be written, and return it."""
    number, name = tempfile.mkstemp(prefix="filler-", dir=folder)
    try:
        for size in (BLOCK, 4096, 1):
            _fill(number, b"\0" * size)
    except BaseException:
        Path(name).unlink()
        raise
    finally:
        os.close(number)
    return Path(name)


def _fill(file: int, block: bytes) -> None:
    while True:
        try:
            os.write(file, block)
        except OSError:  # ENOSPC; a smaller block may have room
            return
