"""PATH is given the same way to every command; what is printed as a command can be run as it stands."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.command import stead
from stead.cli.words import path_and_names
from stead.model import SteadError

DESCRIPTION = """
from stead import *
one = Service("one", command="sleep 60", settings=[Setting("GREETING", default="hi")])
backend = Backend("tiny", services=[one])
"""


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    (folder / "src" / "deep").mkdir(parents=True)
    (folder / "backend.py").write_text(DESCRIPTION)
    return folder


@pytest.mark.parametrize(
    ("words", "path", "names"),
    [
        ((), ".", ()),
        (("one", "two"), ".", ("one", "two")),
        (("one", "backends/shop"), "backends/shop", ("one",)),
        (("./shop", "one"), "./shop", ("one",)),
        (("..",), "..", ()),
        (("shop", "one"), "shop", ("one",)),
    ],
)
def test_a_word_with_a_slash_or_a_dot_is_the_path(shop, monkeypatch, words, path, names):
    monkeypatch.chdir(shop.parent)
    assert path_and_names(words) == (Path(path), names)


def test_a_name_is_a_name_where_a_backend_is(shop, monkeypatch):
    (shop / "one").mkdir()
    (shop / "one" / "backend.py").write_text(DESCRIPTION)
    monkeypatch.chdir(shop)
    assert path_and_names(("one",)) == (Path(), ("one",))
    with pytest.raises(SteadError, match="are two paths"):
        path_and_names(("./one", "../shop"))


@pytest.mark.parametrize(
    "command", ["status", "down", "start", "stop", "restart", "logs", "config", "graph", "smoke", "up"]
)
def test_every_command_takes_path_as_a_word(shop, command):
    said = stead(command, "./nowhere", folder=shop.parent)
    assert said.returncode == 1
    assert "there is no backend.py here" in said.stderr
    assert "nowhere" in said.stderr


@pytest.mark.parametrize("command", ["status", "graph", "config"])
def test_a_subfolder_finds_the_backend_above(shop, command):
    said = stead(command, folder=shop / "src" / "deep")
    assert "there is no backend.py" not in said.stderr
    assert {"status": str(shop), "graph": '["one"]', "config": "GREETING"}[command] in said.stdout + said.stderr


def test_the_backend_above_is_sought_in_its_repository_only(shop):
    (shop / "src" / ".git").mkdir()
    assert "there is no backend.py here" in stead("graph", folder=shop / "src" / "deep").stderr


def test_what_is_printed_as_a_command_can_be_run_as_it_stands(tmp_path):
    code = "from stead.run.program import command; print(command('status', 'a b'))"
    bare = {"PATH": "/usr/bin:/bin"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=bare, check=True).stdout
    program, *rest = shlex.split(said)
    assert rest == ["status", "a b"]
    version = subprocess.run([program, "--version"], capture_output=True, text=True, env=bare, check=True)
    assert version.stdout.strip()
