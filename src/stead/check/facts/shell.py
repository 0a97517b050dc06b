"""Shell: the words of a command line, with the values of those variables that can be determined from the text alone.

A path in a script is often `"$ROOT/infra/x"` where `ROOT` is the folder of the script, or its parent, or the top of the
repository, each of which is written in a handful of known ways. Their values begin with `@here` (the file's folder) and
`@root` (the top of the repository); everything else that is not plain text is unknown, and so is what contains it.
Rejected: running the shell, which a check of a stranger's repository must not do.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping

UNKNOWN = "\0"
HERE, ROOT = "@here", "@root"
SELF = f"{HERE}/."  # the script itself, so far as its folder is known
LONGEST = 2_000  # characters of a line that are looked at
REDIRECTION = re.compile(r"[0-9]?(?:>>|>\||[<>]&?|<<<|<<-?)|&>>?")
WORD = re.compile(
    r"(?<![^\s;|&()])[0-9](?:>>|>\||[<>]&?)|&>>?|(?:\$\((?:[^()]|\([^()]*\))*\)|\$\{[^{}]*\}|\"(?:[^\"\\]|\\.)*\"|'[^']*'|\\.|[^\s;|&<>()\"'\\])+"
    r"|&&|\|\||>>?&?|>\||<<<?-?|[;|&<()]"
)
GLOBS = re.compile(r"[*?\[{!]")
BREAKS = frozenset({"&&", "||", ";", "|", "&", "(", ")"})
ASSIGNMENT = re.compile(r"^\s*(?:(?:export|readonly|local|declare(?:\s+-\w+)?)\s+)?([A-Za-z_]\w*)=(.*)$")
VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[-=]([^{}]*))?\}|\$([A-Za-z_]\w*)")
ITSELF = re.compile(r"\$\{?BASH_SOURCE(?:\[0\])?\}?|\$\{?0\}?|\$\{\(%\):-%[Nx]\}")
RUN = re.compile(r"\$\(([^()`$]*)\)|`([^`$]*)`")


def commands(line: str) -> Iterator[list[str]]:
    """Yield the commands of a line, each as its words with their quotes. A redirection is a word of its own."""
    words: list[str] = []
    for match in WORD.finditer(line[:LONGEST]):
        word = match[0]
        if word.startswith("#"):
            break
        if word not in BREAKS:
            words.append(word)
        elif words:
            yield words
            words = []
    if words:
        yield words


def arguments(words: list[str]) -> list[str]:
    """Return a command's words without its redirections and what they lead to."""
    remaining, skip = [], False
    for word in words:
        redirects = REDIRECTION.fullmatch(word) is not None
        if not skip and not redirects:
            remaining.append(word)
        skip = redirects
    return remaining


def value_of(text: str, values: Mapping[str, str]) -> str:
    """Return a word's or an assignment's plain value; with UNKNOWN in it where it cannot be determined."""
    if text.startswith("'"):
        return UNKNOWN if "$" in text else text.strip("'")
    plain = ITSELF.sub(SELF, text.replace('"', "").replace("\\ ", " "))
    plain = VARIABLE.sub(lambda found: _known(found, values), plain)
    for _ in range(8):
        plain, changed = RUN.subn(lambda found: ran(found[1] or found[2] or ""), plain)
        if not changed:
            break
    return UNKNOWN if "$" in plain or "`" in plain else plain


def _known(found: re.Match[str], values: Mapping[str, str]) -> str:
    name = found[1] or found[3]
    if name in ("PWD", "OLDPWD"):
        return "."
    if name == "GITHUB_WORKSPACE" or name == "CI_PROJECT_DIR":
        return ROOT
    return values.get(name) or found[2] or UNKNOWN


def ran(command: str) -> str:
    """Return what a command prints, of those that scripts ask for a folder."""
    words = [word for word in command.split("||")[0].split() if word not in ("--", "-P", "-f", "-e", "2>/dev/null")]
    match words:
        case ["pwd"]:
            return "."
        case ["git", "rev-parse", "--show-toplevel"] | ["git", "-C", _, "rev-parse", "--show-toplevel"]:
            return ROOT
        case ["cd", folder, *_, "&&" | ";", "pwd"] | ["realpath" | "readlink", folder]:
            return folder
        case ["dirname", path]:
            return parent(path)
    return UNKNOWN


def parent(path: str) -> str:
    """Return the folder of a path, as `dirname` does."""
    return HERE if path == SELF else posixpath.dirname(path.rstrip("/")) or "."


def tidy(path: str) -> str:
    """Return a path without `.`, doubled slashes and steps that undo each other; empty when it is unknown."""
    if UNKNOWN in path or not path:
        return ""
    for mark in (HERE, ROOT):
        if path == mark or path.startswith(f"{mark}/"):
            below = posixpath.normpath(path[len(mark) :].strip("/") or ".")
            return mark if below == "." else f"{mark}/{below}"
    return "" if "@" in path[:5] else posixpath.normpath(path)


def logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a script with their numbers: continued ones joined, here-documents and comments left out."""
    end, waiting, first = "", "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if end:
            end = "" if line.strip() == end else end
            continue
        if not waiting:
            first = number
        if line.endswith("\\") and len(waiting) < LONGEST:
            waiting += line[:-1] + " "
            continue
        whole, waiting = waiting + line, ""
        opened = re.search(r"<<-?\s*[\"'\\]?(\w+)", whole) if "<<" in whole and "<<<" not in whole else None
        end = opened[1] if opened else ""
        if whole.strip() and not whole.lstrip().startswith("#"):
            yield first, whole
