import pytest

from ops.gitops.shop import DESCRIPTION, clone, git
from stead.cli import _guarded


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Return the clone of somebody who ships."""
    for name, text in {"NAME": "Ann", "EMAIL": "ann@example.com"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", text)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", text)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    return clone(tmp_path, "ann", DESCRIPTION)


@pytest.fixture
def run(capsys):
    def called(*words):
        status = _guarded([*map(str, words)]) or 0
        return status, "".join(capsys.readouterr())

    return called
