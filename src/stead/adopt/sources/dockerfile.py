"""Dockerfiles: how a process starts, and the folder whose code it holds, from the instructions that the check reads."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from stead.adopt.evidence import BuildPart, Evidence, RoutePart, Value
from stead.adopt.text import path_of, plain, shell_line, split
from stead.check.facts import At
from stead.check.facts.dockerfile import copied
from stead.check.facts.value import is_secret_name
from stead.check.setting.usage import RUNTIMES

PAIR = re.compile(r"([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\S*)")
OPTION = re.compile(r"^(?:--\S+\s+)+")
# Base images whose entry point is an interpreter: a CMD there is its arguments.
ENTRIES = {"/nodejs": "node", "/python": "python3"}
KIND = "Dockerfiles"


def read(found: Evidence) -> None:
    """Add what each Dockerfile says of the process that it makes an image of."""
    files = found.named("Dockerfile", *{path.name for path in found.tree.files if "Dockerfile" in path.name})
    paths = [path for path in files if not path.name.endswith("ignore")]
    found.add((part for path in paths if (part := _part(found, path))), KIND)


def _part(found: Evidence, path: Path) -> RoutePart | None:
    instructions = found.cache.facts(path, found.tree).values
    last = _LastStage(instructions) if instructions else None
    name = name_of(path)
    if last is None or not name:
        return None
    file = found.name(path)
    arguments = {
        key: value for key, value in last.values.items() if not is_secret_name(key) and not RUNTIMES.fullmatch(key)
    }
    values = {key: Value(value, file, value) for key, value in arguments.items()}
    folder = found.folder(path.parent) if path.name == "Dockerfile" else last.folder(found)
    part = RoutePart(name, file, "folder", command=plain(last.command), why=f"{file} starts it", values=values)
    part.folder, part.build = folder, _build(found, path)
    part.health, part.base, part.port = last.health, last.base, last.port
    return part


def _build(found: Evidence, path: Path) -> BuildPart | None:
    """Return how it is built where nothing says so: a `Dockerfile` sees its own folder."""
    return BuildPart(found.folder(path.parent)) if path.name == "Dockerfile" else None


def name_of(path: Path) -> str:
    """Return the process that a Dockerfile is named after: by its ending, its beginning, or its folder."""
    if path.name == "Dockerfile":
        return path.parent.name
    return re.sub(r"^Dockerfile[._-]|[._-]Dockerfile$", "", path.name)


class _LastStage:
    """The instructions of the last stage."""

    def __init__(self, instructions: Iterable[At]) -> None:
        self.copied: list[str] = []
        self.values: dict[str, str] = {}
        self.health = self.base = ""
        self.port = 0
        self._base: tuple[str, ...] = ()
        self._entry: tuple[str, ...] = ()
        self._given: tuple[str, ...] = ()
        for each in instructions:
            self._take(each.more, each.text)

    @property
    def command(self) -> tuple[str, ...]:
        return (self._entry or self._base) + self._given

    def folder(self, found: Evidence) -> str:
        """Return the folder at the top of the repository from which it copies, where there is one only."""
        tops = {path.strip("./").partition("/")[0] for path in self.copied}
        known = sorted(top for top in tops if top and any(found.tree.below(found.root / top)))
        return known[0] if len(known) == 1 else ""

    def _take(self, name: str, rest: str) -> None:
        match name:
            case "FROM":
                self._begin(OPTION.sub("", rest))
            case "ENTRYPOINT":
                self._entry = _command_words(rest)
            case "CMD":
                self._given = _command_words(rest)
            case "COPY" | "ADD":
                self.copied += [word for word in copied(rest) if "$" not in word]
            case "ARG":
                self.copied += [value.strip("\"'") for _, value in PAIR.findall(rest) if "/" in value]
            case _:
                self._read_instruction(name, rest)

    def _begin(self, base: str) -> None:
        """Begin a stage: of those before it only what they copy counts."""
        self._entry, self._given, self.values, self.port = (), (), {}, 0
        self.base = base.split()[0] if base.strip() else ""
        self._base = tuple(name for part, name in ENTRIES.items() if "distroless" in base and part in base)

    def _read_instruction(self, name: str, rest: str) -> None:
        match name:
            case "EXPOSE":
                self.port = _only_port(rest)
            case "HEALTHCHECK":
                self.health = path_of(rest)
            case "ENV":
                self.values |= {key: value.strip("\"'") for key, value in PAIR.findall(rest) if "$" not in value}


def _only_port(rest: str) -> int:
    """Return the port that an EXPOSE names; 0 where it names several, or a variable."""
    ports = [word.partition("/")[0] for word in rest.split()]
    return int(ports[0]) if len(ports) == 1 and ports[0].isdigit() else 0


def _command_words(text: str) -> tuple[str, ...]:
    """Return the words of a command, whose form is a list or a shell's line."""
    try:
        words = json.loads(text)
    except ValueError:
        return shell_line(text)
    return tuple(map(str, words)) if isinstance(words, list) else split(text)
