"""What an env file sets: names only. Whether there is a value is noted, the value never."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.value import is_throwaway, literal_of

SAMPLE = re.compile(r"(?i)sample|not[-_ ]?a?[-_ ]?secret|insecure|^your|some[-_ ]?(?:secret|random)")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add the names of an env file. A value over several lines, in quotes, is ignored."""
    closing, opened = "", At("", 1)
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if line.rstrip().endswith(closing) else closing
            continue
        found = LINE.match(line)
        if found:
            value = found[2].strip()
            quote = value[:1] if value[:1] in ("'", '"') else ""
            closing = quote if quote and value.count(quote) == 1 else ""
            opened = At(f"the quote of {found[1]} is not closed", number, found.start(2) + 1, "env-quote")
            facts.sets.append(At(found[1], number, found.start(1) + 1, _value_kind(value)))
        facts.faults += _malformed(number, line)
    facts.faults += [opened] if closing else []


def _malformed(number: int, line: str) -> Iterator[At]:
    """Yield what a shell or Docker takes for something else than the line's author: blanks, and names that are none."""
    bare = line.strip()
    if not bare or bare.startswith("#"):
        return
    name, equals, value = bare.partition("=")
    plain = name.removeprefix("export ").strip()
    if not NAME.fullmatch(plain):
        if equals:
            yield At(f"{plain!r} is not a name", number, 1, "env-name")
    elif equals and name != name.rstrip():
        yield At(f"a blank stands between {plain} and =", number, 1, "env-blank")
    elif value[:1].isspace() and value.strip()[:1] not in ("", "#"):
        yield At(f"a blank stands behind {plain}=", number, 1, "env-blank")


def _value_kind(value: str) -> str:
    """Distinguish a value from none, and from one that says by itself that it is not the real one."""
    if not value or value.startswith("#") or value in ("''", '""'):
        return "env:empty"
    plain = literal_of(value.strip("\"'"))
    return "env" if plain and not is_throwaway(plain) and not SAMPLE.search(plain) else "env:placeholder"
