"""What a Makefile names: in its recipes, in its variables, and what it includes."""

import re
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.command import Commands
from stead.check.facts.shell import HERE, UNKNOWN, logical, parent, ran, tidy
from stead.check.facts.value import is_throwaway, literal_of

ASSIGNMENT = re.compile(r"^(?:export\s+|override\s+)*([A-Za-z_][\w.-]*)\s*(?::{1,3}|\?|\+)?=\s*(.*)$")
INNERMOST = re.compile(r"\$[({]([^(){}$]*)[)}]")
INCLUDE = re.compile(r"^include\s+(.+)$")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add the paths that a Makefile names, and the secrets that its commands show."""
    values: dict[str, str] = {}
    commands = Commands(facts, "make")
    for number, line in logical(text):
        if line.startswith("\t"):
            commands.alone(number, _as_shell(line.strip(), values))
            continue
        bare = line.split(" #")[0].strip()
        assigned, included = ASSIGNMENT.match(bare), INCLUDE.match(bare)
        if assigned:
            value = value_of(assigned[2], values)
            values[assigned[1]] = value
            if UNKNOWN not in value and "$" not in assigned[2] and literal_of(value) and not is_throwaway(value):
                facts.literals.append(At(assigned[1], number, 0, "command"))
            if tidy(value) and "/" in value and " " not in value:
                facts.paths.append(At(tidy(value), number, 0, "make mentioned"))
        elif included:
            paths = (tidy(value_of(word, values)) for word in included[1].split())
            facts.paths += [At(path, number, 0, "make read") for path in paths if path and "*" not in path]
    commands.done()


def _as_shell(line: str, values: dict[str, str]) -> str:
    """Return a recipe's line as the shell gets it, with `$$` as `$`; what make alone knows stays unknown."""
    marked = line.replace("$$", "\1")
    plain = value_of(marked, values)
    return plain.replace("\1", "$")


def value_of(text: str, values: dict[str, str]) -> str:
    """Return a text with make's variables and functions replaced, as far as they can be determined."""
    for _ in range(64):
        text, changed = INNERMOST.subn(lambda found: _replaced(found[1], values), text)
        if not changed:
            break
    return re.sub(r"\$[@<*^?+%|]", UNKNOWN, text)


def _replaced(inside: str, values: dict[str, str]) -> str:
    name, _, rest = inside.strip().partition(" ")
    rest = rest.strip()
    match name:
        case "CURDIR" | "PWD":
            return "."
        case "MAKEFILE_LIST":
            return f"{HERE}/Makefile"
        case "abspath" | "realpath" | "strip":
            return rest
        case "lastword" | "firstword":
            return (rest.split() or [UNKNOWN])[-1 if name == "lastword" else 0]
        case "dir":
            return f"{parent(rest)}/"
        case "patsubst" if rest.startswith("%/,%,"):
            return rest[5:].strip().rstrip("/")
        case "shell":
            return ran(rest.replace('"', ""))
    return values.get(name, UNKNOWN) if not rest else UNKNOWN
