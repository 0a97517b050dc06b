"""The loop that runs a job by its schedule in a container: real processes, no two at once, ended by SIGTERM."""

import os
import signal
import subprocess
import sys
import time

JOB = """
import os, pathlib, time
def run():
    marks = pathlib.Path("marks")
    with marks.open("a") as file:
        file.write(f"begin {os.getpid()}\\n"); file.flush()
        time.sleep(1.2)
        file.write(f"end {os.getpid()}\\n")
"""


def test_runs_follow_one_another_and_never_overlap(tmp_path):
    (tmp_path / "work.py").write_text(JOB)
    words = [sys.executable, "-m", "stead.kit.run_schedule", "work:run", "--every", "1s"]
    loop = subprocess.Popen(
        words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, stderr=subprocess.PIPE
    )
    marks, until = tmp_path / "marks", time.monotonic() + 20
    while time.monotonic() < until and (not marks.exists() or marks.read_text().count("end") < 2):
        time.sleep(0.1)
    loop.send_signal(signal.SIGTERM)
    _, said = loop.communicate(timeout=15)
    lines = [line.split()[0] for line in marks.read_text().splitlines()]
    assert loop.returncode == 0
    assert lines[:4] == ["begin", "end", "begin", "end"]
    assert b"the run ended with exit status 0" in said


def test_a_schedule_that_is_none_is_said(tmp_path):
    words = [sys.executable, "-m", "stead.kit.run_schedule", "work:run", "--every", "soon"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "'soon' is not an interval" in done.stderr) == (64, True)
