"""What a Dockerfile says: the images it starts from and copies from, what it copies, the values it is given."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.facts import At, Facts
from stead.check.facts.leak import laptop_password
from stead.check.facts.shell import LONGEST, tidy
from stead.check.facts.value import guarded, is_secret_name, literal_of

INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)
FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?", re.IGNORECASE)
VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^{}]*))?\}|\$(\w+)")
PAIR = re.compile(r"([A-Za-z_]\w*)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"']*)")
FLAGS = re.compile(r"^(?:--\S+\s+)+")
MOUNT = re.compile(r"--mount=(\S+)")
HEREDOC = re.compile(r"<<-?[\"']?(\w+)")


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add what a Dockerfile says."""
    dockerfile = _Dockerfile(facts)
    for number, line in _instructions(text):
        found = INSTRUCTION.match(line)
        if found:
            dockerfile.take(number, found[1].upper(), found[2].strip())


class _Dockerfile:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._stages: set[str] = set()
        self._defaults: dict[str, str] = {}  # of the ARGs before the first FROM

    def take(self, number: int, name: str, rest: str) -> None:
        self._facts.values.append(At(self._with_values(rest) if name == "FROM" else rest, number, 1, name))
        match name:
            case "FROM":
                self._from(number, rest)
            case "ARG":
                self._arg(number, rest)
            case "ENV":
                self._env(number, rest)
            case "COPY" | "ADD":
                self._copy(number, rest)
            case "RUN":
                self._bound(number, rest)

    def _from(self, number: int, rest: str) -> None:
        found = FROM.match(rest)
        if not found:
            return
        image = self._with_values(found[1])
        if image.lower() not in self._stages and image != "scratch":
            self._facts.images.append(At(image, number, rest.find(found[1]) + 6, "from"))
        if found[2]:
            self._stages.add(found[2].lower())

    def _with_values(self, text: str) -> str:
        """Return a name with the defaults of the ARGs in it; one without a default stays as it is written."""
        return VARIABLE.sub(lambda at: self._defaults.get(at[1] or at[3]) or at[2] or at[0], text)

    def _arg(self, number: int, rest: str) -> None:
        for word in rest.split():
            name, equals, value = word.partition("=")
            value = value.strip("\"'")
            if value:
                self._defaults.setdefault(name, value)
            self._add_variable(number, name, value, "ARG", bool(equals))

    def _env(self, number: int, rest: str) -> None:
        pairs = PAIR.findall(rest)
        if not pairs:
            name, _, value = rest.partition(" ")
            pairs = [(name, value)]
        for name, value in pairs:
            self._add_variable(number, name, value.strip("\"' "), "ENV", True)

    def _add_variable(self, number: int, name: str, value: str, where: str, has_value: bool) -> None:
        self._facts.sets.append(At(name, number, 1, where))
        given = literal_of(value, placeholders=True)
        if given:
            self._facts.literals.append(At(name, number, 1, where))
        if not is_secret_name(name):
            password = laptop_password(value)
            self._facts.secrets += [At(name, number, 1, guarded(where, password))] if password else []
            return
        if given:
            self._facts.secrets.append(At(name, number, 1, where))
        elif where == "ARG" or (has_value and "$" in value):
            self._facts.secrets.append(At(name, number, 1, "build"))

    def _copy(self, number: int, rest: str) -> None:
        flags = re.findall(r"--([\w-]+)(?:=(\S+))?", rest)
        source = next((value for name, value in flags if name == "from"), "")
        if source:
            image = self._with_values(source)
            if image.lower() not in self._stages and not image.isdigit() and ("/" in image or ":" in image):
                self._facts.images.append(At(image, number, rest.find(source) + 6, "copy"))
            return
        for word in copied(rest):
            self._source(number, word)

    def _bound(self, number: int, rest: str) -> None:
        """A file of the context that is bound into a command has to be there as much as one that is copied."""
        for mount in MOUNT.findall(rest):
            options = dict(option.partition("=")[::2] for option in mount.split(","))
            if options.get("type", "bind") == "bind" and "from" not in options:
                source = options.get("source") or options.get("src")
                if source and not source.endswith(".lock"):  # a lock file has its own rule
                    self._source(number, source)

    def _source(self, number: int, word: str) -> None:
        if "$" in word or "://" in word or word.startswith("git@"):
            return
        if word in (".", "./", "*", "/"):
            self._facts.paths.append(At(".", number, 1, "docker all"))
            return
        fixed = re.split(r"[*?\[]", word, maxsplit=1)
        path = tidy((fixed[0] if len(fixed) == 1 else fixed[0].rpartition("/")[0]).lstrip("/"))
        if path and path != ".":
            self._facts.paths.append(At(path, number, 1, "docker copy"))


def copied(rest: str) -> list[str]:
    """Return what a COPY or an ADD takes: its paths but the last, without its flags."""
    return _copy_paths(FLAGS.sub("", rest))[:-1]


def _copy_paths(rest: str) -> list[str]:
    """Return the paths of a COPY without its flags: in JSON, or between blanks; none of a here-document's."""
    if rest.startswith("["):
        try:
            return [word for word in json.loads(rest) if isinstance(word, str)]
        except (ValueError, RecursionError):
            return []  # Docker refuses it as well, and other rules tell that it cannot be built
    return [] if "<<" in rest else rest.split()


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """Yield instructions with the numbers of their first lines: continued ones joined, comments left out."""
    waiting, first, end = "", 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if end:
            end = "" if line.strip() == end else end
            continue
        if line.lstrip().startswith("#"):
            continue
        first = first if waiting else number
        if line.rstrip().endswith("\\") and len(waiting) < LONGEST:
            waiting += line.rstrip()[:-1] + " "
            continue
        whole, waiting = waiting + line, ""
        opened = HEREDOC.search(whole)
        end = opened[1] if opened and whole.lstrip()[:4].upper() in ("RUN ", "COPY", "ADD ") else ""
        if whole.strip():
            yield first, whole[: LONGEST * 2]
