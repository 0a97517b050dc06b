"""Modules beside a backend.py are never what Stead or its libraries import: each of these would write a mark."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from check.rule_run import git

NAMES = (
    *("calendar", "secrets", "queue", "random", "email", "logging", "selectors", "typing", "pathlib", "colorsys"),
    *("yaml", "redis", "rich", "msgspec", "litestar", "psycopg", "uvicorn", "cyclopts", "httpx2", "dotenv"),
)
MARK = """import os
with open(os.path.join({folder!r}, "MARKS"), "a") as marks:
    marks.write("{name}\\n")
raise ImportError
"""


@pytest.fixture
def hostile(tiny):
    """A tiny backend with a gateway, a database and a Redis, in a folder with modules of well-known names."""
    needs = 'agent = Service("agent", app="tiny_echo:create", needs=[Postgres(), Redis()])'
    tiny.describe("echo, agent", 'gateway=Gateway("gate", fronts=[echo])', needs)
    for name in NAMES:
        (tiny.folder / f"{name}.py").write_text(MARK.format(folder=str(tiny.folder), name=name))
    git(tiny.folder, "init", "-q")
    git(tiny.folder, "add", ".")
    return tiny


def run(tiny, *words):
    """Give a command as a person in the folder of the backend would."""
    return subprocess.run(
        [Path(sys.executable).with_name("stead"), *words],
        cwd=tiny.folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_up_imports_nothing_from_the_folder_of_the_backend_before_the_libraries(hostile):
    said = run(hostile, "up", "-d", "--port", "0")
    try:
        assert said.returncode == 0, said.stdout + said.stderr
        assert not (hostile.folder / "MARKS").exists(), (hostile.folder / "MARKS").read_text()
    finally:
        assert run(hostile, "down").returncode == 0


def test_check_imports_nothing_from_the_folder_and_names_each_shadowed_module(hostile):
    said = run(hostile, "check", "--format", "json")
    assert not (hostile.folder / "MARKS").exists(), (hostile.folder / "MARKS").read_text()
    for name in NAMES:
        assert f"{name}.py is never imported" in said.stdout, said.stdout + said.stderr
    assert run(hostile, "check", "--select", "SERVICE040").returncode == 1


def test_a_description_that_imports_a_shadowed_module_is_told_which_file_to_rename(tiny):
    (tiny.folder / "calendar.py").write_text("DAYS = 7\n")
    (tiny.folder / "backend.py").write_text("from calendar import DAYS\n")
    said = run(tiny, "graph")
    assert said.returncode == 1
    assert "rename calendar.py: calendar is the standard library's" in said.stderr
