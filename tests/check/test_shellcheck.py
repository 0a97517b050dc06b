"""shellcheck: asked once for a script as it is, and missed aloud."""

import subprocess

import pytest

from stead.check.cache import Cache
from stead.check.context import Context
from stead.check.engine import check
from stead.check.file import script
from stead.check.tree import Tree


@pytest.fixture
def look(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    (root / "run.sh").write_text("#!/bin/sh\ncd docs\n")

    def look():
        context = Context(root / "backend.py", Tree(root), None, Cache(tmp_path / "kept"))
        result = check(context, script.RULES)
        return [finding.code for finding in result.findings], result.notes

    look.root = root
    return look


def test_an_answer_is_kept_while_the_script_is_the_same(look, monkeypatch):
    assert look() == (["FILE019"], ())
    asked = []
    run = subprocess.run
    monkeypatch.setattr(script.subprocess, "run", lambda *words, **more: asked.append(words) or run(*words, **more))
    assert look() == (["FILE019"], ())
    assert asked == [] or all(words[0][0] == "git" for words in asked)
    (look.root / "run.sh").write_text("#!/bin/sh\ncd docs || exit\n")
    assert look() == ([], ())
    assert [words for words in asked if "shellcheck" in words[0][0]]


def test_its_settings_count(look):
    assert look() == (["FILE019"], ())
    (look.root / ".shellcheckrc").write_text("disable=SC2164\n")
    assert look() == ([], ())


def test_it_is_missed_aloud(look, monkeypatch):
    monkeypatch.setattr(script, "_program", lambda: "")
    findings, (note,) = look()
    assert findings == []
    assert "1 scripts were not inspected" in note


def test_a_program_that_says_nothing_costs_a_note(look, monkeypatch):
    monkeypatch.setattr(script, "_program", lambda: "/bin/true")
    findings, (note,) = look()
    assert findings == []
    assert "gave no answer" in note


def test_a_script_that_others_read_needs_no_first_line(look):
    (look.root / "run.sh").write_text('log() { echo "$1"; }\n')
    assert look() == ([], ())
