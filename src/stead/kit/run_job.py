"""Run a job in this process: `python -m stead.kit.run_job module:callable`. Its return value is the exit status."""

import os
import sys
from importlib import import_module

from stead.kit import log
from stead.kit.secret_file import put_into
from stead.kit.settings import EXIT_CONFIG
from stead.model import SteadError


def call(entry: str) -> int:
    """Call `module:callable` without arguments; return the exit status."""
    log.start(os.environ.get("SERVICE_NAME", entry), os.environ.get("LOG_LEVEL") or "INFO")
    module, _, name = entry.partition(":")
    try:
        put_into(os.environ)
        return int(getattr(import_module(module), name)() or 0)
    except SteadError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for whoever started it; a log reader has no use for it
        return EXIT_CONFIG


if __name__ == "__main__":
    sys.exit(call(sys.argv[1]))
