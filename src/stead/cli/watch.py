"""`stead check --watch`: check again whenever a file changes.

Each check is a process of its own, since a description imports modules that a process cannot unload. The cache of file
facts keeps it as fast. Its output is shown at its end, so that the screen does not flicker.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from stead.cli.spinner import CLEAR
from stead.model.interpreter import module_command
from stead.model.load import find

ANEW = "\x1b[2J\x1b[3J\x1b[H"
IGNORED = frozenset({".stead", ".ruff_cache", ".hypothesis"})


def watching(paths: Sequence[Path]) -> int:
    """Check until Ctrl-C; return the status of the last check."""
    from watchfiles import watch

    roots = [find(path).parent for path in paths]
    status = 0
    with suppress(KeyboardInterrupt):
        status = _check(roots)
        for changes in watch(*roots, debounce=300):
            if any(not IGNORED & set(Path(name).parts) for _, name in changes):
                status = _check(roots)
    return status


def _check(roots: Sequence[Path]) -> int:
    """Show one check."""
    terminal = sys.stdout.isatty()
    if terminal:
        sys.stdout.write(f"{CLEAR}\x1b[2mchecking …\x1b[0m")
        sys.stdout.flush()
    words = [word for word in sys.argv[1:] if word not in ("--watch", "-w")]
    environ = {**os.environ, "FORCE_COLOR": "1"} if terminal and not os.environ.get("NO_COLOR") else None
    command = module_command("stead", *words)
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ, check=False)
    shown = ", ".join(os.path.relpath(root) for root in roots)
    foot = f"\x1b[2mwatching {shown}; press Ctrl-C to stop\x1b[0m" if terminal else ""
    sys.stdout.write(f"{ANEW if terminal else ''}{ran.stdout.decode(errors='replace')}{foot}")
    sys.stdout.write("" if terminal else "\n")
    sys.stdout.flush()
    return ran.returncode
