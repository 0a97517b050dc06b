"""`stead adopt` on the command line: where it writes, what it tells, and what it never overwrites."""

import pytest

from cli.test_command_line import stead

NOTHING = 'no file in {} describes a service\n  write one: Service("name", command="…") takes any program\n'
COMPOSE = "services:\n  orders: {image: 'example/orders:1'}\n"


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path


def test_it_writes_a_description_and_says_what_it_knows(repository):
    done = stead("adopt", str(repository))
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 service" in done.stderr
    assert "could not tell:" in done.stderr
    next_ones = done.stderr.splitlines()[-1]
    assert next_ones.startswith("  next: ")
    assert f"check {repository}; " in next_ones
    assert f"up {repository}" in next_ones
    assert 'Service("orders"' in (repository / "backend.py").read_text().replace("\n    ", "")
    assert stead("graph", str(repository)).returncode == 0


def test_it_never_overwrites_unless_told_to(repository):
    (repository / "backend.py").write_text("mine\n")
    refused = stead("adopt", str(repository))
    assert refused.returncode == 1
    assert "already exists" in refused.stderr
    assert (repository / "backend.py").read_text() == "mine\n"
    assert stead("adopt", str(repository), "--force").returncode == 0
    assert (repository / "backend.py").read_text() != "mine\n"


def test_it_writes_elsewhere(repository):
    (repository / "backend.py").write_text("mine\n")
    shown = stead("adopt", str(repository), "--out", "-")
    assert stead("adopt", str(repository), "--out", str(repository / "other.py")).returncode == 0
    assert shown.stdout == (repository / "other.py").read_text()
    assert (repository / "backend.py").read_text() == "mine\n"


def test_what_cannot_be_is_said(tmp_path, repository):
    nowhere = stead("adopt", str(tmp_path / "nowhere"))
    assert (nowhere.returncode, nowhere.stderr) == (1, f"there is no folder {tmp_path / 'nowhere'}\n")
    unwritten = stead("adopt", str(repository), "--out", str(tmp_path / "no" / "backend.py"))
    assert unwritten.returncode == 1
    assert "cannot be written" in unwritten.stderr


def test_where_there_is_nothing_nothing_is_written(tmp_path):
    done = stead("adopt", str(tmp_path))
    assert (done.returncode, done.stderr) == (1, NOTHING.format(tmp_path))
    assert list(tmp_path.iterdir()) == []
