"""The folder `.stead` is this user's own, or it is refused in one sentence; so is a checkout that is read-only."""

import os
import subprocess
import sys
from shutil import which

import pytest

BACKEND = "from stead import *\nbackend = Backend('tiny', services=[Service('one', command='perl -e sleep(9)')])\n"
NOBODY = 65534


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    (root / "backend.py").write_text(BACKEND)
    return root


def stead(folder, *words):
    return subprocess.run(
        [sys.executable, "-P", "-m", "stead", *words, str(folder)],
        env={**os.environ, "HOME": str(folder.parent), "XDG_RUNTIME_DIR": "", "TMPDIR": "/tmp"},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def in_a_sentence(said, *words):
    assert said.returncode == 1, said
    assert "Traceback" not in said.stderr
    for word in words:
        assert word in said.stderr, said.stderr


@pytest.mark.parametrize("words", [("up",), ("up", "-d"), ("status",), ("token", "ann"), ("down",)], ids=" ".join)
def test_a_folder_that_is_a_link_is_refused_and_nothing_is_written_where_it_points(folder, tmp_path, words):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / ".stead").symlink_to(elsewhere)
    in_a_sentence(stead(folder, *words), ".stead is a link", "Remove it")
    assert list(elsewhere.iterdir()) == []


def test_logs_that_are_a_link_are_refused(folder, tmp_path):
    (folder / ".stead").mkdir(mode=0o700)
    (folder / ".stead" / "logs").symlink_to(tmp_path)
    in_a_sentence(stead(folder, "up"), "logs is a link")


def test_a_check_keeps_nothing_where_a_link_points(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / ".stead").symlink_to(elsewhere)
    assert "Traceback" not in stead(folder, "check").stderr
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder to another user")
@pytest.mark.parametrize("words", [("up",), ("status",)], ids=" ".join)
def test_a_folder_of_another_user_is_refused(folder, words):
    (folder / ".stead").mkdir(mode=0o777)
    os.chown(folder / ".stead", NOBODY, NOBODY)
    in_a_sentence(stead(folder, *words), f"belongs to user {NOBODY}", "chown")


def mounted_read_only(folder, *words):
    """Run a command in a mount namespace of its own, in which the folder is read-only."""
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    command = [sys.executable, "-P", "-m", "stead", *words, str(folder)]
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, str(folder), *command],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def can_mount():
    tried = (
        subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False) if which("unshare") else None
    )
    return tried is not None and tried.returncode == 0


@pytest.mark.skipif(not can_mount(), reason="this user may not mount a folder read-only")
@pytest.mark.parametrize("words", [("up",), ("up", "-d"), ("render",), ("check",), ("status",)], ids=" ".join)
def test_a_read_only_checkout_is_told_in_a_sentence(folder, words):
    said = mounted_read_only(folder, *words)
    assert "Traceback" not in said.stderr
    if words[0] in ("up", "render"):
        in_a_sentence(said, "cannot be", "Read-only file system")
