"""What a shell script names."""

from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.command import Commands
from stead.check.facts.shell import logical


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add the paths that a script names, and the secrets that its commands show."""
    commands = Commands(facts, "script")
    for number, line in logical(text):
        commands.take(number, line)
    commands.done()
