"""The commands that the page starts: what cannot be started, or does not end, is over and says why."""

import asyncio

import pytest

from stead.console import actions
from stead.console.actions import Commands


@pytest.fixture
def description(tmp_path):
    (tmp_path / "backend.py").write_text("from stead import Backend\nbackend = Backend('shop')\n")
    return tmp_path / "backend.py"


def outcome(description, name="check"):
    async def run():
        commands = Commands(description)
        commands.start(name)
        async with asyncio.timeout(60):
            while commands.shown()[name]["running"]:
                await asyncio.sleep(0.02)
        return commands.shown()[name]

    return asyncio.run(run())


def test_a_command_that_cannot_be_started_is_over_and_says_why(description, monkeypatch):
    monkeypatch.setattr(actions, "module_command", lambda *_: ["/nowhere/stead"])
    found = outcome(description)
    assert (found["status"], "was ended" in found["lines"][0]["text"]) == (1, True)


def test_a_command_that_does_not_end_is_ended(description, monkeypatch):
    monkeypatch.setattr(actions, "PATIENCE", 0.1)
    monkeypatch.setattr(actions, "module_command", lambda *_: ["sleep", "60"])
    found = outcome(description)
    assert (found["status"], [line["text"] for line in found["lines"]]) == (
        1,
        ["check was ended: it took longer than ten minutes"],
    )


def test_a_line_without_end_ends_a_command(description, monkeypatch):
    monkeypatch.setattr(actions, "LONGEST", 1000)
    monkeypatch.setattr(actions, "module_command", lambda *_: ["sh", "-c", "head -c 100000 /dev/zero; sleep 60"])
    assert outcome(description)["status"] == 1
