"""A command gets the PATH of the person, with the project's own environments in front; never Stead's own."""

import os
import shutil
import sys
from pathlib import Path

from stead.run.inherited_environment import inherited
from stead.run.search_path import search_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_projects_environments_come_before_the_persons_path(tmp_path):
    (tmp_path / ".git").mkdir()
    person = program(tmp_path / "person" / "serve").parent
    root = program(tmp_path / "node_modules" / ".bin" / "serve").parent
    found = search_path(tmp_path / "web", str(person))
    assert found.split(os.pathsep) == [str(root), str(person)]
    near = program(tmp_path / "web" / ".venv" / "bin" / "serve")
    assert shutil.which("serve", path=search_path(tmp_path / "web", str(person))) == str(near)


def test_an_environment_outside_the_repository_is_not_taken(tmp_path):
    program(tmp_path / ".venv" / "bin" / "serve")
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    assert search_path(tmp_path / "shop", "/bin") == "/bin"


def test_steads_own_environment_is_not_put_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    for folder in (None, tmp_path):
        assert str(Path(sys.executable).parent) not in inherited(folder)["PATH"].split(os.pathsep)


def test_a_command_of_the_description_finds_the_projects_program(tiny):
    tiny.describe('Service("web", command="serve", folder="web", health=Health("/up", contract=False))')
    serve = program(tiny.folder / "web" / "node_modules" / ".bin" / "serve")
    serve.write_text(f"#!/bin/sh\nexec {sys.executable} {tiny.folder / 'plain.py'}\n")
    tiny.start(PATH="/usr/bin:/bin")
    assert tiny.until_settled()["well"]
