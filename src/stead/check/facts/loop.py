"""The loops of a shell script: what a `for` goes through, and so what a word with its variable stands for."""

import re
from collections.abc import Mapping

from stead.check.facts.shell import value_of


class Loops:
    """The loops that were seen so far, by their variables; the last one of a name counts."""

    def __init__(self) -> None:
        self._turns: dict[str, list[str]] = {}

    def take(self, words: list[str], values: Mapping[str, str]) -> bool:
        """Process `for NAME in WORDS`; False where a command is something else."""
        if words[0] != "for" or words[2:3] != ["in"]:
            return False
        self._turns[words[1]] = [value_of(word, values) for word in words[3:]]
        return True

    def forget(self, name: str) -> None:
        """Forget a variable that is assigned otherwise."""
        self._turns.pop(name, None)

    def values_of(self, word: str, values: Mapping[str, str]) -> list[str]:
        """Return what a word stands for in each turn; nothing where no loop's variable is in it."""
        for name, turns in self._turns.items():
            if re.search(rf"\$\{{?{re.escape(name)}\b", word):
                return [value_of(word, {**values, name: turn}) for turn in turns]
        return []
