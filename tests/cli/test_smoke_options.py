"""What a pipeline asks of `stead smoke`: only what is reached from outside, and with a timeout."""

from pathlib import Path

from cli.command import stead
from stead.cli import smoke
from stead.ops.smoke import Check

ROOT = Path(__file__).parents[2]
WELL, WRONG = Check("edge", "GET /health"), Check("edge", "GET /health", "no answer")


def test_outside_needs_to_know_where():
    done = stead("smoke", "backends/rewards", "--outside", folder=ROOT)
    assert done.returncode == 1
    assert "--url NAME=URL" in done.stderr


def test_what_is_not_reached_from_outside_is_listed_and_not_asked():
    words = ("smoke", "backends/rewards", "--outside", "--env", "staging", "--version", "1", "--json")
    done = stead(*words, "--url", "api-gateway=http://127.0.0.1:9", folder=ROOT)
    assert done.returncode == 1
    assert done.stdout.count('"skipped": "not reachable from outside"') == 5


def test_waiting_ends_when_all_is_well(monkeypatch):
    monkeypatch.setattr(smoke, "PAUSE", 0.0)
    rounds = iter([[WRONG], [WELL, WRONG], [WELL], [WRONG]])
    smoke._wait(lambda: iter(next(rounds)), 30)
    assert list(rounds) == [[WRONG]]


def test_without_a_timeout_nothing_is_asked_twice():
    smoke._wait(lambda: 1 / 0, 0.0)
