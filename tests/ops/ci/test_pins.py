"""The table of pins: complete, by hash, and renewed from what git tells of the actions' tags."""

import re
from datetime import date
from pathlib import Path

import pytest

import stead.render.pins as table
from check.rule_run import git
from stead.model import SteadError
from stead.ops.ci.pins import renewals, renewed, rows
from stead.render.pins import Action, Image, Tool, age, pins


def test_every_action_is_a_commit_and_every_image_a_digest():
    for pin in pins():
        if isinstance(pin, Action):
            assert re.fullmatch(r"[0-9a-f]{40}", pin.commit), pin
            assert re.fullmatch(r"v\d+\.\d+\.\d+", pin.version), pin
        if isinstance(pin, Image):
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", pin.digest), pin
        if isinstance(pin, Tool):
            assert re.fullmatch(r"v?\d+\.\d+\.\d+", pin.version), pin


def test_no_pin_is_held_by_two_entries():
    names = [(type(pin).__name__, pin.name, getattr(pin, "tag", "")) for pin in pins()]
    assert len(set(names)) == len(names)


def test_the_table_has_an_age():
    assert age(date(2026, 9, 1)) == 10
    assert list(rows(date(2026, 9, 1)))[-1] == ("table", "looked up", "2026-08-22", "10 days ago")


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Repositories on this machine: one action with a newer version, one whose tag was moved."""
    actions = []
    for name, tags in {"own/newer": ("v1.0.0", "v1.2.0", "v1.10.0", "v2"), "own/moved": ("v3.0.0",)}.items():
        folder = tmp_path / name
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "commit", "-q", "--allow-empty", "-m", "first")
        commit = git(folder, "rev-parse", "HEAD")
        for tag in tags:
            git(folder, "commit", "-q", "--allow-empty", "-m", tag)
            git(folder, "tag", "-a", tag, "-m", tag)
        first = git(folder, "rev-parse", f"{tags[0]}^{{commit}}")
        actions.append(Action(name, first if name == "own/newer" else commit, tags[0]))
    monkeypatch.setattr("stead.ops.ci.pins.pins", lambda: iter(actions))
    return tmp_path, actions


def test_what_is_newer_is_the_highest_version_with_its_commit(source):
    folder, actions = source
    newer, moved = renewals(f"file://{folder}")
    assert (newer.version, newer.moved) == ("v1.10.0", False)
    assert newer.commit == git(folder / "own/newer", "rev-parse", "v1.10.0^{commit}")
    assert moved.moved
    assert moved.action is actions[1]


def test_the_table_is_rewritten_with_what_is_newer(source):
    folder, (action, _) = source
    line = f'X = Action("{action.name}", "{action.commit}", "v1.0.0")\n'
    found = [each for each in renewals(f"file://{folder}") if not each.moved]
    text = renewed(f"DATE = date(2026, 8, 22)\n{line}", found, date(2027, 1, 2))
    assert "DATE = date(2027, 1, 2)" in text
    assert f'"{found[0].commit}", "v1.10.0")' in text


def test_the_real_table_can_be_rewritten():
    text = Path(table.__file__).read_text()
    assert text.count("\nDATE = date(") == 1
    for pin in pins():
        if isinstance(pin, Action):
            assert text.count(f'Action("{pin.name}", "{pin.commit}", "{pin.version}")') == 1, pin


def test_a_repository_that_cannot_be_asked_is_an_error_that_names_it(tmp_path):
    with pytest.raises(SteadError, match="actions/checkout cannot be asked"):
        list(renewals(f"file://{tmp_path}"))
