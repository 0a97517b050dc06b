"""A full disk: nothing that was acknowledged is lost or doubled, and the backend is well when there is room again."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from campaign.disk import can_be_mounted

ROOT = Path(__file__).parents[2]
DISK = 700  # MB: the databases of rewards and their log take half of it


@pytest.mark.skipif(not can_be_mounted(), reason="no user may mount a tmpfs in a namespace here")
def test_a_full_disk_loses_and_doubles_nothing():
    words = ["backends/rewards", "--disk", str(DISK), "--full-disk-only", "--kills", "3", "--players", "2"]
    command = [sys.executable, "-m", "campaign", *words]
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"TMPDIR": folder}  # the campaign keeps what it made
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 × fill the disk for 3 s" in done.stdout
    assert "lost 0, doubled 0, every invariant holds" in done.stdout
