"""The console's socket: where the last run's console was; elsewhere when that is taken; never in the way of the run."""

import json
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from stead.console.address import Address
from stead.console.launch import ConsoleProcess
from stead.run.state_directory import Folder


@dataclass
class Run:
    """What the console is told of a run before it starts."""

    folder: Folder
    remarks: list[str] = field(default_factory=list)
    collector: str = ""
    console: str = ""
    board: Any = None
    plans: Any = None


@pytest.fixture
def run(tmp_path):
    folder = Folder(tmp_path / "backend.py")
    folder.make()
    return Run(folder)


def opened(run):
    made = ConsoleProcess.open(run)
    made.close()
    return Address.read(run.folder)


def test_the_address_and_the_key_stay_so_that_a_tab_goes_on(run):
    first = opened(run)
    collector = run.collector
    assert opened(run) == first
    assert run.console == first.url
    assert run.collector != collector  # who sent spans to the run before sends none to this one


def test_where_the_port_is_taken_it_listens_elsewhere_with_the_same_key(run):
    first = opened(run)
    with socket.create_server(("127.0.0.1", first.port)):
        second = opened(run)
    assert (second.port != first.port, second.token == first.token, run.remarks) == (True, True, [])


@pytest.mark.parametrize(
    "said", ["", "{", "[]", '{"port": "x"}', '{"port": 70000, "token": "t"}', '{"port": -1, "token": ""}']
)
def test_a_damaged_address_is_made_anew(run, said):
    run.folder.write_private("console.json", said)
    made = opened(run)
    assert (1024 < made.port < 65536, len(made.token) > 15, run.remarks) == (True, True, [])


def test_where_nothing_can_be_written_the_run_goes_on_without_a_console(run):
    file = run.folder.path / "console.json"
    file.mkdir()
    assert ConsoleProcess.open(run) is None
    assert len(run.remarks) == 1
    assert "there is no console" in run.remarks[0]
    assert (run.collector, run.console) == ("", "")
    assert json.dumps(run.remarks)
