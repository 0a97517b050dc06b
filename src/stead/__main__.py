"""`python -m stead`: the command line."""

import os
import sys

if not sys.flags.safe_path and sys.path[0] == os.getcwd():  # noqa: PTH109 - pathlib would be imported from there
    del sys.path[0]  # a backend's folder: its modules are not those of Stead's libraries

from stead.cli import main

main()
