"""A Dockerfile as typed values: one class an instruction, in the words of its reference, and how each is written."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Arg:
    name: str
    default: str | None = None

    def __str__(self) -> str:
        return f"ARG {self.name}" + ("" if self.default is None else f"={self.default}")


@dataclass(frozen=True, slots=True)
class From:
    """`image` may be a variable: `${PYTHON_BASE}`."""

    image: str
    name: str = ""

    def __str__(self) -> str:
        return f"FROM {self.image}" + (f" AS {self.name}" if self.name else "")


@dataclass(frozen=True)
class Env:
    values: Mapping[str, str]

    def __str__(self) -> str:
        return _pairs("ENV", self.values)


@dataclass(frozen=True)
class Label:
    values: Mapping[str, str]

    def __str__(self) -> str:
        return _pairs("LABEL", self.values)


@dataclass(frozen=True, slots=True)
class Workdir:
    path: str

    def __str__(self) -> str:
        return f"WORKDIR {self.path}"


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount of one RUN: `cache`, or `bind` of a file of the context."""

    type: str
    target: str
    source: str = ""

    def __str__(self) -> str:
        source = f",source={self.source}" if self.source else ""
        return f"--mount=type={self.type}{source},target={self.target}"


@dataclass(frozen=True, slots=True)
class Run:
    """One command for the shell."""

    command: str
    mounts: tuple[Mount, ...] = ()

    def __str__(self) -> str:
        return (
            " \\\n    ".join(["RUN " + str(self.mounts[0]), *map(str, self.mounts[1:]), self.command])
            if (self.mounts)
            else f"RUN {self.command}"
        )


@dataclass(frozen=True, slots=True)
class Copy:
    source: str
    target: str
    stage: str = ""

    def __str__(self) -> str:
        stage = f"--from={self.stage} " if self.stage else ""
        return f"COPY {stage}{json.dumps([self.source, self.target])}"


@dataclass(frozen=True, slots=True)
class User:
    numbers: str

    def __str__(self) -> str:
        return f"USER {self.numbers}"


@dataclass(frozen=True, slots=True)
class Expose:
    port: int

    def __str__(self) -> str:
        return f"EXPOSE {self.port}"


@dataclass(frozen=True, slots=True)
class StopSignal:
    name: str

    def __str__(self) -> str:
        return f"STOPSIGNAL {self.name}"


@dataclass(frozen=True, slots=True)
class Healthcheck:
    test: tuple[str, ...]

    def __str__(self) -> str:
        times = "--interval=10s --timeout=3s --start-period=30s --retries=3"
        return f"HEALTHCHECK {times} CMD {_shell_words(self.test)}"


@dataclass(frozen=True, slots=True)
class Entrypoint:
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"ENTRYPOINT {_shell_words(self.words)}"


@dataclass(frozen=True, slots=True)
class Comment:
    text: str

    def __str__(self) -> str:
        return "\n".join(f"# {line}" for line in self.text.splitlines())


Instruction = (
    Arg | From | Env | Label | Workdir | Run | Copy | User | Expose | StopSignal | Healthcheck | Entrypoint | Comment
)


@dataclass(frozen=True)
class Dockerfile:
    """One image.

    name     of the file, `<name>.Dockerfile`
    ignore   the lines of its .dockerignore: everything is excluded, then the needed files are included
    """

    name: str
    instructions: tuple[Instruction, ...]
    ignore: tuple[str, ...] = field(default=("*",))


def written(file: Dockerfile) -> str:
    """Return the text of a Dockerfile, a blank line before each stage."""
    lines: list[str] = []
    for instruction in file.instructions:
        if isinstance(instruction, From) and lines:
            lines.append("")
        lines.append(str(instruction))
    return "\n".join(lines) + "\n"


def _shell_words(words: Iterable[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def _pairs(name: str, values: Mapping[str, str]) -> str:
    return f"{name} " + " \\\n    ".join(f"{key}={_quoted(value)}" for key, value in values.items())


def _quoted(value: str) -> str:
    """Quote a value; a variable in it, `${VERSION}`, is still replaced."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
