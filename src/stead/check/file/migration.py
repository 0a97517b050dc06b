"""Migrations in SQL that fail on a database with rows in it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

UNDO = re.compile(r"\bdown\b|^U\d|\brollback\b", re.IGNORECASE)
PARTS = re.compile(r"\d{1,20}|[^\d]+")
FOLDERS = frozenset({"migrations", "migration", "migrate"})
QUOTED = re.compile(r"--|/\*|'|\$\w*\$")  # what begins a comment, a text, or the body of a function
ENDS = {"--": "\n", "/*": "*/"}
NAME = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?([\w.\"]+)"
CREATED = re.compile(rf"\bCREATE\s+(?:UNLOGGED\s+|TEMP\s+|TEMPORARY\s+)?TABLE\s+{NAME}", re.IGNORECASE)
ALTERED = re.compile(rf"\bALTER\s+TABLE\s+{NAME}([^;]*)", re.IGNORECASE)
ADDED = re.compile(rf"\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN|EXCLUDE){NAME}", re.IGNORECASE)
REQUIRED = re.compile(r"\bNOT\s+NULL\b", re.IGNORECASE)
FILLED = re.compile(r"\b(?:DEFAULT|GENERATED|IDENTITY|(?:small|big)?serial[248]?)\b", re.IGNORECASE)
NOT_A_LINE = re.compile(r"[^\n]")
LONGEST = 200_000  # characters of one file that are read
MOST = 20  # findings of one file


@rule("FILE040")
def added_columns_can_be_filled(context: Context) -> Iterator[Problem]:
    """A migration that adds a column with `NOT NULL` gives it a default.

    On an empty database it passes, as in tests; where the table has rows, PostgreSQL refuses it with `column contains
    null values`, and the delivery ends there. Give it a `DEFAULT`; or add it without `NOT NULL`, fill it, and set
    `NOT NULL` in a later migration. Asked of the newest `*.sql` of each folder `migrations`: the earlier ones have run.
    """
    for file in _newest(context):
        text = context.tree.text(file)
        for line, table, column in islice(_unfilled(text), MOST) if text and len(text) <= LONGEST else ():
            message = f"{table}.{column} is NOT NULL and has no default: this fails where the table has rows"
            mend = "give it a DEFAULT, or set NOT NULL after it was filled"
            yield Problem("FILE040", message, SourceLocation(str(file), line, 1), mend)


def _newest(context: Context) -> Iterable[Path]:
    """Return the last file of each folder of migrations, by the numbers in the names."""
    found: dict[Path, Path] = {}
    for file in sorted(context.tree.named("*.sql"), key=lambda file: _in_order(file.as_posix())):
        folder = next((folder for folder in file.parents if folder.name in FOLDERS), None)
        if folder and not UNDO.search(file.name):
            found[folder] = file
    return found.values()


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in PARTS.findall(name)]


def _unfilled(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the table and the name of each such column, in tables that the file does not create itself."""
    bare = _statements(text)
    own = {found[1].strip('"').lower() for found in CREATED.finditer(bare)}
    for statement in ALTERED.finditer(bare):
        table = statement[1].strip('"')
        for start, action in _actions(statement[2]) if table.lower() not in own else ():
            added = ADDED.search(action)
            if added and REQUIRED.search(action) and not FILLED.search(action):
                at = statement.start(2) + start + added.start()
                yield bare.count("\n", 0, at) + 1, table, added[1].strip('"')


def _statements(text: str) -> str:
    """Return the text with blanks in place of comments, texts and bodies of functions; each line stays where it is."""
    parts, position = [], 0
    while found := QUOTED.search(text, position):
        end = text.find(ENDS.get(found[0], found[0]), found.end())
        after = len(text) if end < 0 else end + len(ENDS.get(found[0], found[0]))
        parts += [text[position : found.start()], NOT_A_LINE.sub(" ", text[found.start() : after])]
        position = after
    return "".join([*parts, text[position:]])


def _actions(text: str) -> Iterator[tuple[int, str]]:
    """Yield the actions of one statement, which commas outside of parentheses separate, and where each begins."""
    depth, start = 0, 0
    for number, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            yield start, text[start:number]
            start = number + 1
    yield start, text[start:]


RULES = (added_columns_can_be_filled,)
