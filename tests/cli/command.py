"""Give a command to Stead in this process: where what it does is the subject, and not the process that does it.

A process of its own imports the command line and its libraries anew, 0.2 to 0.6 s of CPU each time.
"""

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from unittest.mock import patch

from check.rule_run import modules_left_alone
from cli.command_process import environment
from stead.cli import main


def stead(*words, folder, **environ):
    """Run a command and return what came of it, as a process would have told it."""
    said, complained = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
    with (
        chdir(folder),
        modules_left_alone(folder),
        patch.dict(os.environ, environment(environ), clear=True),
        patch.object(sys, "argv", ["stead", *words]),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        status = _status()
    return subprocess.CompletedProcess(words, status, *(each.buffer.getvalue().decode() for each in (said, complained)))


def _status():
    try:
        main()
    except SystemExit as ended:
        return ended.code or 0
    return 0
