"""What passed only when it ran alone is named by the continuous run, with a count; what fails again fails the run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / ".ci" / "run"
FAILED = ["tests/a.py::test_one", "tests/b.py::test_two"]


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("first", "again", "status"), [(1, 0, 0), (1, 1, 1), (0, 1, 0)])
def test_what_passed_only_alone_is_named_and_counted(tmp_path, first, again, status):
    (tmp_path / ".ci").mkdir()
    shutil.copy(RUN, tmp_path / ".ci" / "run")
    cache = tmp_path / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(FAILED, True)))
    program(tmp_path / "bin" / "make", f'[ "$1" != test ] || exit {first}')
    program(tmp_path / "bin" / "docker", "exit 1")
    program(tmp_path / ".venv" / "bin" / "pytest", f"exit {again}")
    program(tmp_path / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    environ = {name: value for name, value in os.environ.items() if name != "CLUSTER_BIN"}
    environ["PATH"] = f"{tmp_path / 'bin'}:{environ['PATH']}"
    done = subprocess.run([tmp_path / ".ci" / "run"], env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stderr
    named = "unsteady: 2 passed only when they ran alone:\n" + "\n".join(FAILED)
    assert (named in done.stdout) is bool(first and not again)
