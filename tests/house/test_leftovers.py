"""A test that leaves something behind fails itself, with what it left; the next one passes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import leftovers

TESTS = Path(__file__).parents[1]
CLEAN = "\n\ndef test_next():\n    pass\n"
LEFT = {
    "a process": (
        "import subprocess, sys\ndef test_it():\n"
        "    global left\n    left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)'])\n",
        "process",
    ),
    "a process in a session of its own": (
        "import subprocess\ndef test_it():\n"
        "    subprocess.run(['sh', '-c', 'sleep 8 & '], start_new_session=True, check=True)\n",
        "process",
    ),
    "a socket": (
        "import socket\ndef test_it():\n    ring = [socket.create_server(('127.0.0.1', 0))]\n    ring.append(ring)\n",
        "unclosed <socket",
    ),
    "a thread": (
        "import threading, time\ndef test_it():\n    threading.Thread(target=time.sleep, args=(5,)).start()\n",
        "thread",
    ),
    "a file": ("import tempfile\ndef test_it():\n    tempfile.mkdtemp(prefix='left-')\n", "left-"),
    "a task": ("import asyncio\nasync def test_it():\n    asyncio.create_task(asyncio.sleep(60), name='x')\n", "task"),
}


def run(tmp_path, text):
    (tmp_path / "test_left.py").write_text(text + CLEAN)
    shutil.copy(TESTS / "conftest.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "--import-mode=importlib", "-W", "error", "-q", "-rA", str(tmp_path)]
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # of libraries, which take seconds to load
    environ = {**os.environ, **plugins, "PYTHONPATH": str(TESTS), "STEAD_TEST_GRACE": "0.5"}
    return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("what", LEFT)
def test_what_a_test_leaves_behind_fails_that_test(tmp_path, what):
    text, said = LEFT[what]
    done = run(tmp_path, text)
    assert "the test left behind" in done.stdout, done.stdout + done.stderr
    assert said in done.stdout
    assert any(line.startswith(("ERROR", "FAILED")) and "test_it" in line for line in done.stdout.splitlines())
    assert "PASSED test_left.py::test_next" in done.stdout
    assert done.returncode == 1


def test_what_a_wider_fixture_makes_is_its_own(tmp_path):
    text = (
        "import pytest, subprocess, sys, tempfile\n"
        "@pytest.fixture(scope='module')\n"
        "def server():\n"
        "    with subprocess.Popen(['sh', '-c', 'sleep 3; true'], env={'PATH': '/usr/bin:/bin'}) as made, "
        "tempfile.TemporaryDirectory() as folder:\n"
        "        yield made\n        made.kill()\n"
        "def test_it(server):\n    pass\n"
    )
    done = run(tmp_path, text)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_a_process_of_a_wider_fixture_starts_later_is_that_fixture_s(tmp_path):
    text = (
        "import pytest, subprocess, time\n"
        "@pytest.fixture(scope='module')\n"
        "def server():\n"
        "    script = 'read -r _; env -i sleep 3; true'\n"
        "    with subprocess.Popen(['sh', '-c', script], stdin=subprocess.PIPE) as made:\n"
        "        yield made\n        made.kill()\n"
        "def test_it(server):\n    server.stdin.write(b'now\\n')\n    server.stdin.flush()\n    time.sleep(0.3)\n"
    )
    done = run(tmp_path, text)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def memory(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "MEMORY", tmp_path)
    monkeypatch.setattr(leftovers, "ROOMY", 1)
    return tmp_path


def test_the_files_of_a_run_are_in_memory_and_those_of_a_killed_run_are_removed(memory):
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    dead, alive, other = memory / f"stead-{ended.pid}", memory / f"stead-{os.getppid()}", memory / "stead-of-others"
    for each in (dead, alive, other):
        (each / "below").mkdir(parents=True)
    room = leftovers.room_in_memory()
    assert room == memory / f"stead-{os.getpid()}"
    assert room.stat().st_mode & 0o777 == 0o700
    assert not dead.exists()
    assert alive.exists()
    assert other.exists()


def test_the_files_of_a_run_are_on_the_disk_where_memory_is_short(memory, monkeypatch):
    monkeypatch.setattr(leftovers, "ROOMY", 1 << 60)
    assert leftovers.room_in_memory() is None
    monkeypatch.setattr(leftovers, "MEMORY", memory / "nothing")
    assert leftovers.room_in_memory() is None
