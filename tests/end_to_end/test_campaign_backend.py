"""The campaign's view of a backend: PostgreSQL that is just being started again, services that still start."""

from collections import Counter
from dataclasses import replace

import pytest

from campaign.backend import STARTS, Backend, Process, ServerDownError
from stead.run.supervised_process import TRIES


@pytest.fixture
def backend(tmp_path):
    (tmp_path / ".stead/postgres").mkdir(parents=True)
    made = Backend.__new__(Backend)
    made.folder = tmp_path
    return made


@pytest.mark.parametrize("lines", [None, "", "4711\n/data\n17"])
def test_a_server_whose_port_is_not_written_yet_is_down(backend, lines):
    if lines is not None:
        (backend.folder / ".stead/postgres/postmaster.pid").write_text(lines)
    with pytest.raises(ServerDownError):
        backend._cluster()


def test_a_service_is_not_killed_as_it_starts_as_often_as_the_runner_gives_it_up(backend, monkeypatch):
    """Of two services each is hit often; five ends in a row without health are what the runner must not forgive."""
    backend._killed = Counter()
    starting, healthy = Process("orders", "service", "starting", 1), Process("stock", "service", "healthy", 2)
    monkeypatch.setattr(backend, "services", lambda: [starting, healthy])
    for _ in range(STARTS):
        assert backend.victims() == [starting, healthy]
        backend.was_killed(starting)
        backend.was_killed(healthy)
    assert backend.victims() == [healthy]
    monkeypatch.setattr(backend, "services", lambda: [replace(starting, state="healthy")])
    assert [each.name for each in backend.victims()] == ["orders"]
    assert STARTS < TRIES
