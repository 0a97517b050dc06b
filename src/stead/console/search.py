"""What a person types into a search field: words, `"a phrase"`, `name:value` for a field, `-` before what must not be.

Each becomes a condition of SQL with its values apart: no text of a person is part of a statement.

Errors:
    SearchError    the text is too long to be one condition of SQLite; the text says what is too much
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from stead.model import SteadError

PART = re.compile(r'(?P<no>-)?(?:(?P<name>[\w.\[\]-]{1,100})[:=])?(?:"(?P<phrase>[^"]*)"|(?P<word>\S+))')
MOST = 20  # parts of one search
LONGEST = 1_000  # characters; SQLite takes a pattern of 50,000


class SearchError(SteadError):
    """A search that is too long."""


class Condition(NamedTuple):
    """A condition of SQL, and its values."""

    sql: str
    values: tuple[str | int, ...]


def conditions(text: str, columns: tuple[str, ...], fields: str, names: dict[str, str]) -> Iterator[Condition]:
    """Yield what a row must meet.

    columns  in one of which a word is looked for
    fields   the column of JSON in which a named field is looked for
    names    the fields that are columns of their own
    """
    if len(text) > LONGEST:
        raise SearchError(f"the search is longer than {LONGEST} characters")
    parts = list(PART.finditer(text))
    if len(parts) > MOST:
        raise SearchError(f'the search has more than {MOST} words; put a phrase into "quotes"')
    for found in parts:
        value = found["phrase"] if found["phrase"] is not None else found["word"]
        name = found["name"]
        if name and _is_time_or_address(name, value):
            name, value = None, found[0].lstrip("-")
        made = _named(name, value, fields, names) if name else _word(value, columns)
        yield Condition(f"NOT ({made.sql})", made.values) if found["no"] else made


def _is_time_or_address(name: str, value: str) -> bool:
    """Tell whether a colon belongs to a time or to an address: `12:30`, `http://host`."""
    return name.isdigit() or value.startswith("//")


def _word(text: str, columns: tuple[str, ...]) -> Condition:
    pattern = f"%{_escaped(text)}%"
    return Condition(" OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns), (pattern,) * len(columns))


def _named(name: str, value: str, fields: str, names: dict[str, str]) -> Condition:
    pattern = _escaped(value).replace("*", "%")
    if name in names:
        return Condition(f"{names[name]} LIKE ? ESCAPE '\\'", (pattern,))
    found = f"coalesce(CASE WHEN json_valid({fields}) THEN json_extract({fields}, ?) END, '') LIKE ? ESCAPE '\\'"
    return Condition(found, (f'$."{name}"', pattern))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
