"""A whole backend that runs in a folder of its own, asked by the command line as a person would."""

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

STEAD = (sys.executable, "-m", "stead")
LONGEST = 180.0  # seconds of one command
FIXED_PORT = re.compile(r"^MAIL_PORT = \d+", re.MULTILINE)  # the one port that a description has to name


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
    """Copy a backend's folder, without what was made in it and with free ports, and return the copy."""
    left_out = shutil.ignore_patterns(".stead", "deploy", "__pycache__")
    copy = Path(shutil.copytree(backend, parent / backend.resolve().name, ignore=left_out))
    _choose_ports(copy / "backend.py")
    return copy


def _choose_ports(description: Path) -> None:
    """Give a stand-in that listens on a port of its own a free one: the backend may run elsewhere on this machine."""
    text = description.read_text()
    with socket.create_server(("127.0.0.1", 0)) as free:
        description.write_text(FIXED_PORT.sub(f"MAIL_PORT = {free.getsockname()[1]}", text))
