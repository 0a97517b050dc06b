"""The campaign's view of a backend, where PostgreSQL is just being started again."""

import pytest

from campaign.backend import Backend, ServerDownError


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
