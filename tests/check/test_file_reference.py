"""What is looked up in the tree, and what a missing path may have meant."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check.rule_run import git
from stead.check.file_reference import Targets
from stead.check.tree import Tree

FILES = (
    "README.md",
    "backend-infra/docker/compose/compose.yaml",
    "backend-infra/backup/backup.sh",
    "docs/how.md",
    "docs/tools/requirements-docs.txt",
    "apps/orders/src/main.ts",
    "apps/mail/src/main.ts",
)


@pytest.fixture
def shop(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path.resolve()


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("README.md", "there"),
        ("docs", "there"),
        (".", "there"),
        ("docs/None.md", "missing"),
        ("docs/How.md", "case"),
        ("DOCS/how.md", "case"),
        ("dist/main.js", "built"),
        ("node_modules/a/b", "there"),
        ("../beyond", "there"),
    ],
)
def test_a_path_is_looked_up(shop, path, state):
    assert Targets(Tree(shop)).find(path, (".",)).state == state


def test_git_tells_what_is_ignored_and_what_a_build_makes(shop):
    git(shop, "init", "-q")
    (shop / ".gitignore").write_text("notes.md\nout/\n")
    (shop / "notes.md").write_text("")
    found = Targets(Tree(shop))
    found.prepare(["notes.md", "out", "out/a", "dist/a"])
    assert [found.find(path, (".",)).state for path in ("notes.md", "out", "out/a", "dist/a")] == [
        "ignored",
        "built",
        "built",
        "missing",
    ]


def test_the_first_folder_that_has_it_counts(shop):
    found = Targets(Tree(shop))
    assert found.find("how.md", (".", "docs")).path == "docs/how.md"
    assert found.find("none.md", ("docs", ".")).path == "docs/none.md"


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("infra/backup/backup.sh", "backend-infra/backup/backup.sh"),
        ("infra/backup/artifacts", "backend-infra/backup/artifacts"),
        ("infra/none", ""),
        ("docs/requirements-docs.txt", "docs/tools/requirements-docs.txt"),
        ("compose/compose.yaml", "backend-infra/docker/compose/compose.yaml"),
        ("src/main.ts", "apps/mail/src/main.ts"),
        ("main.ts", ""),
        ("other/README.md", ""),
        ("none.md", ""),
    ],
)
def test_what_may_have_been_meant(shop, path, near):
    assert Targets(Tree(shop)).near(path) == near


NAMES = st.lists(st.sampled_from(["a", "b", "a-b", "c_a", "..", "."]), min_size=1, max_size=5).map("/".join)


@settings(max_examples=100, deadline=None)
@given(files=st.lists(NAMES, max_size=8), path=NAMES)
def test_nothing_that_is_there_is_missing(tmp_path_factory, files, path):
    root = tmp_path_factory.mktemp("tree").resolve()
    for name in files:
        file = root / name.replace("..", "d") / "file"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    target = Targets(Tree(root)).find(path, (".",))
    meant = Path(os.path.normpath(root / path))
    if meant.is_relative_to(root) and target.state != "case":
        assert (target.state == "there") == meant.exists()
