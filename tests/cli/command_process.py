"""Give a command to Stead, as a person would, in a process of its own."""

import os
import subprocess
import sys


def stead(*words, folder, **environ):
    """Run a command and return what came of it; colours are off, as nothing here is a terminal."""
    command = [sys.executable, "-P", "-m", "stead", *words]
    return subprocess.run(
        command, cwd=folder, env=environment(environ), capture_output=True, text=True, timeout=60, check=False
    )


def environment(more):
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GIT_", "FORCE_COLOR"))}
    return kept | more
