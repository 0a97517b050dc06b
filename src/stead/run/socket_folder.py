"""The folder of control sockets: private, and so near the root that a socket's path in it is short enough."""

import os
import stat
import tempfile
from pathlib import Path

from stead.run.error import RunError

LONGEST = 103  # bytes of a socket's path, on macOS; Linux allows 107
NAME = 16 + len(".sock")  # bytes of a socket's name


def socket_folder() -> Path:
    """Return the folder, made where it is missing; RunError where it cannot be made, or others may open it.

    It is in XDG_RUNTIME_DIR, or where temporary files are. A folder that is not there (of another user's session, of a
    machine that has none), or whose path is too long, is passed over: every command of this user then takes `/tmp`.
    """
    name = f"stead-{os.getuid()}"
    given = [Path(os.environ.get("XDG_RUNTIME_DIR", "")), Path(tempfile.gettempdir())]
    parent = next((each for each in given if _is_fit(each, name)), Path("/tmp"))  # noqa: S108 - private below
    folder = parent / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
    except OSError as error:
        raise RunError(f"{folder} cannot be made: {error.strerror}. Set XDG_RUNTIME_DIR.") from error
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise RunError(f"{folder} is not a private folder of this user; remove it, or set XDG_RUNTIME_DIR.")
    return folder


def _is_fit(parent: Path, name: str) -> bool:
    return parent.is_absolute() and parent.is_dir() and len(os.fsencode(parent / name)) + 1 + NAME <= LONGEST
