"""A whole backend that runs: the real command line, PostgreSQL, Envoy and services, in a folder of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

BACKENDS = Path(__file__).parents[2] / "backends"
STEAD = (sys.executable, "-m", "stead")


class Live:
    """A backend that runs on this machine, asked by the command line as a person would."""

    def __init__(self, folder):
        self.folder = folder

    def stead(self, command, *words, well=True):
        done = subprocess.run([*STEAD, command, str(self.folder), *words], capture_output=True, text=True, timeout=180)
        assert not well or done.returncode == 0, f"stead {command}: {done.stdout}\n{done.stderr}"
        return done

    def status(self):
        return json.loads(self.stead("status", "--json", well=False).stdout)

    def process(self, name):
        return next(each for each in self.status()["processes"] if each["name"] == name)


@contextmanager
def live(name):
    folder = Path(tempfile.mkdtemp(prefix=f"stead-{name}-")) / name
    shutil.copytree(BACKENDS / name, folder, ignore=shutil.ignore_patterns(".stead", "deploy", "__pycache__"))
    backend = Live(folder)
    try:
        backend.stead("up", "-d", "--port", "0")
        yield backend
    finally:
        backend.stead("down")
        shutil.rmtree(folder.parent)


@pytest.fixture(scope="session")
def rewards():
    """The rewards backend, running for as long as the tests need it."""
    os.environ.pop("DATABASE_URL", None)
    with live("rewards") as backend:
        yield backend
