"""The command that starts Stead here, so that printed commands can be copied and run."""

import shlex
import shutil
import sys
from pathlib import Path


def program() -> str:
    """Return `stead` where the PATH has this one, else its full path."""
    own = Path(sys.executable).parent / "stead"
    found = shutil.which("stead")
    if found and own.exists() and Path(found).samefile(own):
        return "stead"
    return shlex.quote(str(own)) if own.exists() else f"{shlex.quote(sys.executable)} -m stead"


def command(*words: str) -> str:
    """Return a command of Stead, as a shell takes it."""
    return " ".join([program(), *(shlex.quote(word) for word in words if word)])
