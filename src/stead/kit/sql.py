"""SQL in separate files: every statement has a name and a comment with its purpose.

    -- name: balance
    -- One row, or none for a user who never had an entry.
    SELECT balance FROM account WHERE user_id = %(user)s

Statements are looked up by name. Rejected: an object-relational mapper, which hides the locks and the snapshots that a
ledger's correctness needs.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

NAME = re.compile(r"^-- name:[ \t]*(\w+)[ \t]*$", re.MULTILINE)


class Queries(Mapping[str, str]):
    """The statements of one file, by name. A name used twice, or a file without any, is a ValueError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, module_file: str, name: str = "queries.sql") -> "Queries":
        """Return the statements in the file beside a module: `Queries.beside(__file__)`."""
        return cls(Path(module_file).with_name(name))

    @cached_property
    def _statements(self) -> dict[str, str]:
        before, *parts = NAME.split(self.path.read_text(encoding="utf-8"))
        names, texts = parts[::2], parts[1::2]
        if not names or _statement(before):
            raise ValueError(f"{self.path}: every statement needs a line `-- name: …` above it")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{self.path}: used twice: {', '.join(twice)}")
        return {name: _statement(text) for name, text in zip(names, texts, strict=True)}

    def __getitem__(self, name: str) -> str:
        return self._statements[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)


def _statement(text: str) -> str:
    """Leave out the lines that only explain; PostgreSQL would carry them on every call."""
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("--"))
