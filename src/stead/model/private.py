"""The private folder `.stead/` of a backend: a run trusts its content, so it must belong to this user.

A repository can hold a `.stead` that is a link, so that databases, keys and caches would be written to, or read from,
wherever it points; on a shared machine another user may have made the folder.
"""

import os
import stat
from pathlib import Path


def untrusted_reason(folder: Path) -> str:
    """Return why a folder is not to be used, and what to do; nothing when it is this user's own, or not there yet."""
    try:
        about = folder.lstat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{folder} cannot be inspected: {error.strerror}"
    if stat.S_ISLNK(about.st_mode):
        return f"{folder} is a link to {folder.readlink()}; Stead stores secrets there and follows no link. Remove it."
    if not stat.S_ISDIR(about.st_mode):
        return f"{folder} is not a folder. Remove it, and Stead creates it again."
    if about.st_uid != os.geteuid():
        return (
            f"{folder} belongs to user {about.st_uid}, and this is user {os.geteuid()}. "
            f"Remove it, or make it yours: chown -R {os.geteuid()} {folder}"
        )
    return ""
