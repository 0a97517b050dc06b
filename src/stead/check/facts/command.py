"""Command: what a command line names: files that it reads, runs and makes, and secrets that it shows.

By program and option, from a table. A word that no entry claims is left alone, so that a script is never told about a
path which is only text. Rejected: taking every word with a slash in it for a path; half of them are image names, sed
expressions and addresses.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from stead.check.facts import At, Facts
from stead.check.facts.command_table import (
    ARGUMENTS,
    FORGIVEN,
    GLOB,
    INLINE,
    INTERPRETERS,
    MAKERS,
    MOUNTS,
    NAMED,
    NO_FILE,
    OPTIONS,
    OUTPUTS,
    PLACEHOLDER,
    PROGRAM,
    QUIET,
    RUNNERS,
    SECRET_OPTION,
    SHORT,
    TESTS,
    VALUED,
    WRAPPERS,
)
from stead.check.facts.compose_command import looks_for_its_file
from stead.check.facts.loop import Loops
from stead.check.facts.shell import (
    ASSIGNMENT,
    HERE,
    REDIRECTION,
    ROOT,
    UNKNOWN,
    WORD,
    arguments,
    commands,
    tidy,
    value_of,
)
from stead.check.facts.value import guarded, is_secret_name, is_throwaway, literal_of

NOTHING = ("", "")


class Commands:
    """The commands of one file, in order. What they make or ask for first is known when the last one is seen.

    start  where they run: empty for wherever the caller is, which a reader cannot know
    """

    def __init__(self, facts: Facts, who: str, start: str = "") -> None:
        self._facts = facts
        self._who = who
        self._at = start
        self._outside = start  # of the function or the parenthesis that the command stands in
        self.values: dict[str, str] = {}
        self._loops = Loops()
        self._found: list[At] = []
        self._folders: list[At] = []  # the folder in which Compose looks for its file
        self._made: set[str] = set()

    def take(self, number: int, line: str) -> None:
        """Take one line in."""
        stripped = line.strip()
        if (stripped.endswith("{") and "(" in stripped) or stripped.startswith("("):
            self._outside = self._at
        assigned = ASSIGNMENT.match(line)
        if assigned and _is_one_word(assigned[2].split(" #")[0].strip()):
            self._assign(number, assigned[1], assigned[2].split(" #")[0].strip())
        else:
            quiet = bool(FORGIVEN.search(line))
            for words in commands(line):
                self._command(number, words, quiet)
        if stripped.startswith(("}", ")")) or (stripped.startswith("(") and ")" in stripped):
            self._at = self._outside

    def alone(self, number: int, line: str) -> None:
        """Process a line that has a shell of its own, as in a Makefile."""
        at = self._at
        self.take(number, line)
        self._at = at

    def done(self) -> None:
        """Add what was found to the facts, save for what the commands make themselves, or look for first."""
        for at in self._found:
            if at.more.endswith(" mentioned") or not any(
                at.text == made or at.text.startswith(f"{made}/") for made in self._made
            ):
                self._facts.paths.append(at)
        for at in self._folders:
            if not any("compose" in made and made.startswith(f"{at.text}/") for made in self._made):
                self._facts.pipeline.append(at)

    @property
    def made(self) -> frozenset[str]:
        """What the commands make, or ask for first."""
        return frozenset(self._made)

    def _assign(self, number: int, name: str, text: str) -> None:
        value = value_of(text, self.values)
        if UNKNOWN not in value and literal_of(value) and not is_throwaway(value):
            self._facts.literals.append(At(name, number, 0, "command"))
        self._loops.forget(name)
        self.values[name] = "" if value == UNKNOWN else value
        if "/" in value:
            self._name(number, value, "mentioned")

    def _command(self, number: int, words: list[str], quiet: bool) -> None:
        words = [] if self._loops.take(words, self.values) else self._bare(words)
        if not words:
            return
        program = words[0].strip("\"'").rpartition("/")[2] if words[0][0] not in ".@" else words[0]
        self._shows(number, program, words)
        self._makes(program, words)
        if self._at not in ("", UNKNOWN) and looks_for_its_file(words):
            self._folders.append(At(self._at, number, 0, f"compose {self._who}"))
        if quiet:
            return
        self._calls(number, words[0])
        for word, how in self._names(program, words[1:]):
            for value in self._values_of(word):
                self._name(number, value, how)
        if program in ("cd", "pushd", "popd"):
            self._go(words[1:])

    def _go(self, words: list[str]) -> None:
        """Follow a `cd`; where it leads nowhere known, later paths that are relative are not judged."""
        place = tidy(value_of(words[0], self.values)) if words and not words[0].startswith("-") else ""
        self._at = self._placed(place) or UNKNOWN

    def _placed(self, path: str) -> str:
        if not path or path.startswith((HERE, ROOT)) or not self._at:
            return path
        return "" if self._at == UNKNOWN else tidy(f"{self._at}/{path}")

    def _bare(self, words: list[str]) -> list[str]:
        """Leave out what is before a command: other programs that run it, its environment, make's marks."""
        while words:
            first = words[0].lstrip("@-+") if words[0][:1] in "@+-" else words[0]
            if not first or WRAPPERS.fullmatch(first) or re.match(r"[A-Za-z_]\w*=", first):
                words = words[1:]
            elif first in RUNNERS and words[1:2] == ["run"]:
                words = words[2:]
            else:
                return [first, *words[1:]]
        return words

    def _is_path(self, word: str) -> bool:
        """Return whether a word has a slash, or stands for turns of a loop that have one."""
        return "/" in word or ("$" in word and any("/" in value for value in self._loops.values_of(word, self.values)))

    def _values_of(self, word: str) -> list[str]:
        """Return what a word stands for: one value, or one for each turn of the loop whose variable is in it."""
        return self._loops.values_of(word, self.values) or [value_of(word, self.values)]

    def _calls(self, number: int, word: str) -> None:
        for path in self._values_of(word):
            if path.startswith(("./", "../", f"{HERE}/", f"{ROOT}/")) or ("/" in path and path[0] not in "/~-"):
                self._name(number, path, "call")

    def _names(self, program: str, words: list[str]) -> Iterator[tuple[str, str]]:
        if program in ("[", "[[", "test"):
            return
        if program in ("cd", "pushd"):
            yield from ((word, "cd") for word in words[:1] if not word.startswith("-"))
        elif INTERPRETERS.fullmatch(program):
            yield from _program(arguments(words), VALUED.get(program, ()))
        elif program in ARGUMENTS or program == "grep":
            yield from ((word, "read") for word in _operands(program, words) if self._is_path(word))
        elif program == "cp":
            sources = [word for word in arguments(words) if word[0] != "-"][:-1]
            yield from ((word, "read") for word in sources if self._is_path(word))
        if program in OPTIONS:
            given = words[:2] if program == "git" else words  # behind a command of git's, -C is another option
            yield from _options(OPTIONS[program], given, NO_FILE.get(program, frozenset()))
        if program in ("docker", "podman"):
            yield from _mounted(words)
        yield from ((after, "read") for word, after in pairwise(words) if word == "<" and not _redirects(after))

    def _makes(self, program: str, words: list[str]) -> None:
        named = [word for word in arguments(words)[1:] if not word.startswith("-")]
        made = [after for word, after in pairwise(words) if word in OUTPUTS or ">" in word[:2]]
        if program in MAKERS:
            made += named if MAKERS[program] > 0 else named[-1:]
        if program in ("[", "[[", "test"):
            made += [after for word, after in pairwise(words) if word in TESTS]
        if program == "git" and "clone" in words:
            made += named[-1:]
        values = [value for word in made for value in self._values_of(word)]
        self._made.update(filter(None, (self._placed(tidy(value)) for value in values)))

    def _name(self, number: int, path: str, how: str) -> None:
        if "://" in path or path[:1] in ("/", "~", "-", "") or any(mark in path for mark in " {}=,;"):
            absolute = re.match(r"/(?:home|Users)/\w|[A-Za-z]:[\\/]", path)
            if absolute:
                self._found.append(At(path, number, 0, f"{self._who} absolute"))
            return
        if PLACEHOLDER.search(path):
            return
        fixed = GLOB.split(path, maxsplit=1)
        plain = tidy(fixed[0].rpartition("/")[0] if len(fixed) > 1 else path)
        placed = self._placed(plain)
        if placed and plain not in (".", HERE, ROOT) and ":" not in plain:
            self._found.append(At(placed, number, 0, f"{self._who} {how}"))

    def _shows(self, number: int, program: str, words: list[str]) -> None:
        for index, word in enumerate(words[1:], start=1):
            after = words[index + 1] if index + 1 < len(words) else ""
            shown, value = _shown(program, words, word, after)
            if shown:
                more = "command" if "$" in value else guarded("command", value.strip("\"'"))
                self._facts.secrets.append(At(shown, number, 0, more))
                return


def _is_one_word(text: str) -> bool:
    """Distinguish an assignment from a variable that is given to the command after it."""
    word = WORD.match(text)
    return not text or (word is not None and word.end() == len(text))


def _redirects(word: str) -> bool:
    """Recognise a redirection: `< <(…)` reads from a command, and names no file."""
    return REDIRECTION.fullmatch(word) is not None


def _program(words: list[str], valued: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the file that an interpreter runs."""
    for before, word in pairwise(["", *words]):
        if before in valued:
            continue
        if word in INLINE:
            return
        if not word.startswith("-"):
            if "/" in word or PROGRAM.search(word.strip("\"'")):
                yield word, "read"
            return


def _options(names: tuple[str, ...], words: list[str], others: frozenset[str]) -> Iterator[tuple[str, str]]:
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names and not (name == "-f" and others.intersection(words[:index])):
            path = value if equals else words[index + 1] if index + 1 < len(words) else ""
            if path and path != "-" and not _redirects(path):
                yield path, "read"


def _mounted(words: list[str]) -> Iterator[tuple[str, str]]:
    for word, after in pairwise(words):
        if word in MOUNTS and "/" in after.split(":")[0]:
            yield (
                after.strip("\"'").split(":")[0] if "$(" not in after else re.sub(r":/.*$", "", after.strip('"')),
                "read",
            )


def _shown(program: str, words: list[str], word: str, after: str) -> tuple[str, str]:
    """Return by which option a command shows a secret, and the value; empty when it does not."""
    option = SECRET_OPTION.match(word)
    value = (option["value"] or after) if option else ""
    name = word.partition("=")[0]
    if option and value and not value.startswith(("-", "<", "/", "./")) and name not in NAMED.get(program, ()):
        return name, value
    short = SHORT.get(program)
    if short and word.startswith(short) and (program not in ("docker", "podman") or "login" in words):
        attached = word[len(short) :]
        apart = after if not after.startswith("-") and "mysql" not in program else ""
        return (short, attached or apart) if attached or apart else NOTHING
    if program == "curl" and word in ("-u", "--user") and ":" in after.strip("\"':"):
        return word, after.partition(":")[2]
    argument, equals, given = after.strip("\"'").partition("=")
    if word == "--build-arg" and equals and is_secret_name(argument):
        return f"--build-arg {argument}", given
    return NOTHING


def _operands(program: str, words: list[str]) -> list[str]:
    """Return what a program reads: its words without options; of grep's, those behind the pattern."""
    found = [word for word in arguments(words) if word[0] != "-"]
    if program != "grep":
        return found
    return [] if QUIET & set(words) else found[1:]
