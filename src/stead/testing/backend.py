"""A whole backend that runs in a folder of its own, asked by the command line as a person would."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

STEAD = (sys.executable, "-m", "stead")
LONGEST = 180.0  # seconds of one command


class Live:
    """The backend of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stead(self, command: str, *words: str, well: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command on it; AssertionError with all that it said when it fails and `well` is set."""
        asked = [*STEAD, command, str(self.folder), *words]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=LONGEST, check=False)
        assert not well or done.returncode == 0, f"stead {command}: {done.stdout}\n{done.stderr}"
        return done

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stead("status", "--json", well=False).stdout)
        return found

    def process(self, name: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.status()["processes"]
        return next(each for each in found if each["name"] == name)


def copied(backend: Path, parent: Path) -> Path:
    """Copy a backend's folder, without what was made in it, and return the copy."""
    left_out = shutil.ignore_patterns(".stead", "deploy", "__pycache__")
    return Path(shutil.copytree(backend, parent / backend.resolve().name, ignore=left_out))
