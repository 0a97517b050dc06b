"""Free ports: none is given twice, although a process may listen on its own much later."""

import subprocess
import sys

import pytest

from stead.run import port
from stead.run.error import RunError
from stead.run.port import HOST, Ports

ELSEWHERE = """
from stead.run import port
port.RANGE = range({first}, {first} + 1)
port.random.sample = lambda ports, _: ports
try:
    print(port.Ports().free())
except port.RunError as error:
    print(error)
"""


@pytest.fixture
def only(monkeypatch):
    """The one port that can be given."""
    found = Ports().free()
    monkeypatch.setattr(port, "RANGE", range(found, found + 1))
    monkeypatch.setattr(port.random, "sample", lambda ports, _: list(ports))
    return found


def elsewhere(only):
    """What another process is given."""
    words = [sys.executable, "-c", ELSEWHERE.format(first=only)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="no other system has names that end with their owner")
def test_a_port_is_not_given_to_two_runs_before_anything_listens(only):
    ports = Ports()
    assert ports.free() == only
    assert "no free port" in elsewhere(only)
    with pytest.raises(RunError, match="no free port"):
        Ports().free()
    del ports  # the run has ended
    assert elsewhere(only) == str(only)
    assert Ports().free() == only


def test_a_port_on_which_something_listens_is_not_given(only):
    with port.socket.create_server((HOST, only)), pytest.raises(RunError, match="no free port"):
        Ports().free()
    assert Ports().free() == only
