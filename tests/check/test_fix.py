"""Fixes: steps that are done once, in an order in which none spoils another, and never on what has changed since."""

import sys

import pytest

from check.rule_run import git
from stead.check.fix import Command, Edit, Executable, apply


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.sh"
    path.write_bytes(b"cd old/one\r\ncd old/two && cd old/three\nend")
    path.chmod(0o640)
    return path


def test_edits_of_one_line_do_not_move_each_other(file):
    steps = [Edit(file, 2, 4, "old", "newer"), Edit(file, 2, 18, "old", "newer"), Edit(file, 1, 4, "old", "newer")]
    done, refused = apply(steps)
    assert (len(done), refused) == (3, [])
    assert file.read_bytes() == b"cd newer/one\r\ncd newer/two && cd newer/three\nend"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_has_changed_is_left_alone(file):
    before = file.read_bytes()
    done, refused = apply([Edit(file, 1, 4, "new", "old"), Edit(file, 9, 1, "x", "y")])
    assert done == []
    assert [why.endswith("the file has changed") for why in refused] == [True, True]
    assert file.read_bytes() == before


def test_a_link_is_not_written_through(file, tmp_path):
    link = tmp_path / "link.sh"
    link.symlink_to(file)
    assert apply([Edit(link, 1, 4, "old", "new")])[1] == [f"{link}:1: old becomes new: it is a link"]


def test_who_may_read_may_run(file):
    apply([Executable(file)])
    assert file.stat().st_mode & 0o777 == 0o750


def test_git_is_told_of_a_run_bit(file):
    git(file.parent, "init", "-q")
    git(file.parent, "add", "run.sh")
    apply([Executable(file)])
    assert git(file.parent, "ls-files", "--stage").startswith("100755")


def test_a_command_that_mends_several_findings_is_run_once(tmp_path):
    words = (sys.executable, "-c", "open('ran', 'a').write('x')")
    done, _ = apply([Command(words, tmp_path), Command(words, tmp_path)])
    assert len(done) == 1
    assert (tmp_path / "ran").read_text() == "x"


def test_a_command_that_fails_says_why(tmp_path):
    _, (why,) = apply([Command((sys.executable, "-c", "raise SystemExit('no room')"), tmp_path)])
    assert why.endswith("no room")
    assert len(apply([Command(("/nowhere/at/all",), tmp_path)])[1]) == 1


def test_a_file_that_is_gone_is_refused(tmp_path):
    done, refused = apply([Edit(tmp_path / "gone", 1, 1, "a", "b"), Executable(tmp_path / "gone")])
    assert done == []
    assert len(refused) == 2
