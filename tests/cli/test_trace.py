"""`stead trace`: names that a service chose are shown as they are, and move nothing in the terminal."""

import time

import pytest

from cli.command_process import stead
from stead.console.config import Limits
from stead.console.otlp import Span
from stead.console.run_file import RunFile, runs_folder

NAMES = ["[/orders]", "[red]points", "\x1b]0;title\x07edge"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "backend.py").write_text("from stead import Backend\nbackend = Backend('shop')\n")
    (tmp_path / ".stead").mkdir(mode=0o700)
    file = RunFile(runs_folder(tmp_path / ".stead") / "20261128T093000.sqlite", Limits())
    now = time.time_ns() // 1000
    spans = [
        Span("ab" * 16, f"{at:016x}", "", name, name, 2, now, 10, 200, 0, "{}", "") for at, name in enumerate(NAMES)
    ]
    file.add([], spans, [])
    file.close()
    return tmp_path


@pytest.mark.parametrize("words", [(), ("abab",)])
def test_markup_and_control_characters_of_a_name_are_text(folder, words):
    done = stead("trace", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "[/orders]" in done.stdout
    assert "[red]points" in done.stdout
    assert "\x1b" not in done.stdout
