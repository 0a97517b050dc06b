"""The folder `.stead/`: private, locked by one run, and what is damaged is named."""

import os
import socket
import stat
import tempfile

import pytest

from stead.run import socket_folder
from stead.run.error import AlreadyRunsError, RunError
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "backend.py")
    made.make()
    return made


def test_secrets_are_the_same_at_the_next_start(folder):
    first = Secrets(folder)
    made = [first.signing_key("a"), first.password("postgres", "a"), first.signing_key("b")]
    second = Secrets(folder)
    assert [second.signing_key("a"), second.password("postgres", "a"), second.signing_key("b")] == made
    assert len({*made}) == 3
    assert stat.S_IMODE((folder.path / "secrets.json").stat().st_mode) == 0o600


def test_the_key_of_a_service_called_previous_is_no_earlier_value(folder):
    secrets = Secrets(folder)
    made = secrets.signing_key("previous")
    secrets.end_interrupted()
    assert Secrets(folder).signing_key("previous") == made


def test_damaged_secrets_are_named_and_not_replaced(folder):
    (folder.path / "secrets.json").write_text("{")
    with pytest.raises(RunError, match=r"secrets\.json is damaged .* delete it"):
        Secrets(folder)
    assert (folder.path / "secrets.json").read_text() == "{"


def test_the_lock_is_one_run_s(folder, monkeypatch):
    monkeypatch.setattr("stead.run.state_directory.TIMEOUT", 0.2)
    held = folder.lock()
    assert folder.is_locked()
    with pytest.raises(AlreadyRunsError, match="locked by a run that is starting or ending"):
        folder.lock()
    os.close(held)
    assert not folder.is_locked()
    os.close(folder.lock())


def test_the_socket_s_path_is_short_and_its_folder_private(tmp_path):
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 5)
    deep.mkdir(parents=True)
    path = Folder(deep / "backend.py").socket()
    assert len(str(path)) < 100
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_socket_folder_that_others_may_open_is_refused(tmp_path, monkeypatch):
    (tmp_path / f"stead-{os.getuid()}").mkdir(mode=0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(socket_folder, "LONGEST", len(str(tmp_path)) + 50)
    with pytest.raises(RunError, match="is not a private folder of this user"):
        Folder(tmp_path / "backend.py").socket()


@pytest.mark.parametrize("given", ["/none", "", "run", "/" + "x" * 90])
def test_a_socket_folder_that_is_not_there_or_too_deep_is_passed_over(tmp_path, monkeypatch, given):
    monkeypatch.setenv("XDG_RUNTIME_DIR", given)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(socket_folder, "LONGEST", len(str(tmp_path)) + 50)
    path = Folder(tmp_path / "backend.py").socket()
    assert path.parent == tmp_path / f"stead-{os.getuid()}"


def test_a_socket_s_path_is_never_too_long_for_the_system(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with socket.socket(socket.AF_UNIX) as listener:
        path = Folder(deep / "backend.py").socket()
        listener.bind(str(path))
        path.unlink()


def test_a_socket_folder_that_cannot_be_made_is_told(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/proc")
    with pytest.raises(RunError, match=r"/proc/stead-[0-9]+ cannot be made"):
        socket_folder.socket_folder()
