"""What a repository configures for git is not run by any command of Stead."""

import os
import re
from pathlib import Path

import pytest

from check.rule_run import git
from check.test_hostile import BACKEND
from cli.command import stead
from stead.check.fix import Executable, apply
from stead.check.tree import Tree
from stead.model.git import git as asked
from stead.run.resolve import version_of

SRC = Path(__file__).parents[2] / "src" / "stead"
RUNS_GIT = re.compile(r"""(run|Popen|exec\w*)\(\s*\[\s*["']git["']|words = \["git"|command = \["git\"""")


@pytest.fixture
def hostile(tmp_path):
    """A repository whose own configuration, hooks and attributes each name a program that leaves a mark."""
    root = tmp_path.resolve() / "shop"
    root.mkdir()
    git(root, "init", "-q")
    (root / "backend.py").write_text(BACKEND)
    (root / "README.md").write_text("[gone](gone.md)\n")
    (root / "run.sh").write_text("#!/bin/sh\necho 1\n")
    (root / "Makefile").write_text("all:\n\t./run.sh\n")
    (root / ".gitattributes").write_text("* diff=mine filter=mine\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "one")
    (root / "README.md").write_text("[gone](gone.md) and more\n")
    git(root, "add", ".")
    mark = root.parent / "mark.sh"
    mark.write_text(f'#!/bin/sh\necho "$0 $*" >> {root.parent}/MARKS\nexit 1\n')
    mark.chmod(0o755)
    hooks = root.parent / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "post-checkout", "reference-transaction", "pre-commit"):
        (hooks / name).write_text(mark.read_text())
        (hooks / name).chmod(0o755)
    settings = {
        "core.fsmonitor": mark,
        "core.hooksPath": hooks,
        "core.pager": mark,
        "pager.log": mark,
        "diff.external": mark,
        "diff.mine.command": mark,
        "diff.mine.textconv": mark,
        "filter.mine.clean": mark,
        "filter.mine.smudge": mark,
        "log.showSignature": "true",
        "gpg.program": mark,
        "core.sshCommand": mark,
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{mark}",
        "remote.origin.promisor": "true",
    }
    for name, value in settings.items():
        git(root, "config", name, str(value))
    return root


def marks(root):
    file = root.parent / "MARKS"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize(
    "words",
    [("check",), ("check", "--staged"), ("check", "--history"), ("check", "--against", "HEAD"), ("check", "--fix"),
     ("hook", "install")],
    ids=" ".join,
)  # fmt: skip
def test_a_command_runs_nothing_that_the_repository_configures(hostile, words):
    said = stead(*words, folder=hostile)
    assert "Traceback" not in said.stderr
    assert said.returncode in (0, 1), said.stderr
    assert marks(hostile) == ""


def test_adopt_runs_nothing_that_the_repository_configures(hostile):
    (hostile / "backend.py").unlink()
    (hostile / "compose.yaml").write_text("services:\n  shop:\n    image: shop:1\n")
    said = stead("adopt", folder=hostile)
    assert said.returncode == 0, said.stderr
    assert marks(hostile) == ""


def test_up_runs_nothing_that_the_repository_configures_to_tell_the_version(hostile):
    assert version_of(hostile) == git(hostile, "-c", "core.fsmonitor=false", "rev-parse", "--short", "HEAD")
    assert marks(hostile) == ""


def test_a_run_bit_is_set_in_the_index_and_no_filter_is_run(hostile):
    (hostile / "run.sh").write_text("#!/bin/sh\necho changed\n")
    apply([Executable(hostile / "run.sh")])
    assert marks(hostile) == ""
    staged = asked(hostile, "ls-files", "--stage", "run.sh").stdout.decode()
    assert staged.startswith("100755")
    assert asked(hostile, "show", ":run.sh").stdout == b"#!/bin/sh\necho 1\n", "what was not staged was staged"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
@pytest.mark.parametrize(("named", "tracked"), [("*", False), ("", False), ("{root}", True)])
def test_a_repository_of_another_user_is_read_only_when_a_person_has_named_it(
    hostile, tmp_path, monkeypatch, named, tracked
):
    from stead.model.git import _named

    home = hostile.parent / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[safe]\n\tdirectory = {named.format(root=hostile)}\n" if named else "")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    _named.cache_clear()
    for path in (hostile, *hostile.rglob("*")):
        os.chown(path, 12345, 12345)
    try:
        tree = Tree(hostile)
        assert tree.tracked is tracked
        assert hostile / "backend.py" in tree.known
        assert any("belongs to another user" in note for note in tree.notes) is not tracked
    finally:
        _named.cache_clear()


def test_git_is_called_by_one_module_alone():
    callers = {file.relative_to(SRC).as_posix() for file in SRC.rglob("*.py") if RUNS_GIT.search(file.read_text())}
    assert callers == {"model/git.py"}
