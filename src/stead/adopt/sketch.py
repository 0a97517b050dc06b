"""Sketch: a description as it will be written: nouns with their names and values, and a remark where one is unsure."""

from dataclasses import dataclass, field
from typing import Any, Literal

from stead.adopt.evidence import BuildPart

LONGEST = 400  # characters of a remark
Sureness = Literal["guessed", "could not tell"]


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Why something is only a guess, or what could not be determined."""

    sureness: Sureness
    why: str

    @property
    def plain(self) -> str:
        """Why, or what, as one line of plain text: words in it may come from a stranger's file."""
        return clean(self.why)

    def __str__(self) -> str:
        return f"{self.sureness}: {self.plain}"


def clean(words: str) -> str:
    """Return words that may come from a stranger's file as one line of plain text."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:LONGEST]


def guessed(why: str) -> Remark:
    return Remark("guessed", why)


def unsure(what: str) -> Remark:
    return Remark("could not tell", what)


@dataclass(frozen=True, slots=True)
class SettingSketch:
    """A setting; `default` is one of Python's plain values, REQUIRED where there is none."""

    name: str
    type: type
    default: Any
    secret: bool
    help: str = ""
    remarks: tuple[Remark, ...] = ()
    random: bool = False  # any value will do on a machine of your own


Identity = tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class ResourceSketch:
    """A resource. Those of one `key` are the same one, and are handed to each that needs it."""

    kind: Literal["Postgres", "Redis", "Bucket"]
    setting: str
    key: tuple[str, ...]
    beside: tuple[str, ...] = ()  # other variables that give the same address to the process
    remarks: tuple[Remark, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()  # form of the URL → the variable that holds it

    @property
    def identity(self) -> Identity:
        """What two processes have in common that are handed the same object."""
        return (self.key, self.setting, self.parts)


@dataclass(frozen=True, slots=True)
class CallSketch:
    """A call to a process; `setting` is where its address is found, where that is not the usual one."""

    callee: str
    operations: tuple[str, ...] = ()
    setting: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteSketch:
    method: str
    path: str
    access: Literal["public", "user", "service"]
    operation: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass
class ProcessSketch:
    """A service or a job.

    port      the setting in which it finds its port, the port on which it always listens, None where it listens nowhere
    health    the path at which it says that it is healthy; empty where it keeps the contract of Stead, or where a
    tcp       connection is all that tells
    """

    name: str
    job: bool = False
    runs: str = ""
    cron: str = ""
    command: tuple[str, ...] = ()
    worker: str = ""  # instead of the command
    image: str = ""
    folder: str = ""
    build: BuildPart | None = None
    probe: tuple[str, ...] = ()
    settings: list[SettingSketch] = field(default_factory=list)
    needs: list[ResourceSketch] = field(default_factory=list)
    calls: list[CallSketch] = field(default_factory=list)
    routes: list[RouteSketch] = field(default_factory=list)
    contract: str = ""
    port: str | int | None = "PORT"
    health: str = ""
    tcp: bool = False
    replicas: int = 1
    cpus: float | None = None
    memory: int | None = None
    remarks: dict[str, tuple[Remark, ...]] = field(default_factory=dict)  # by what they are about: `command`, `image`

    def remark(self, about: str, *remarks: Remark) -> None:
        self.remarks[about] = tuple(dict.fromkeys((*self.remarks.get(about, ()), *remarks)))


@dataclass
class GatewaySketch:
    name: str
    fronts: tuple[str, ...] = ()
    users: bool = False
    origins: tuple[str, ...] = ()
    prefix: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass
class EnvironmentSketch:
    """What differs in an environment: by process and setting, and what does not run there."""

    name: str
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    namespace: str = ""  # of a cluster that it runs in


@dataclass
class Sketch:
    """A whole description. `skipped` says what is not part of it, and why."""

    name: str
    processes: list[ProcessSketch] = field(default_factory=list)
    gateway: GatewaySketch | None = None
    environments: list[EnvironmentSketch] = field(default_factory=list)
    sources: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    registry: str = ""

    @property
    def services(self) -> list[ProcessSketch]:
        return [process for process in self.processes if not process.job]

    @property
    def jobs(self) -> list[ProcessSketch]:
        return [process for process in self.processes if process.job]

    def all_remarks(self) -> list[tuple[str, Remark]]:
        """Return every remark with what it is about, each once."""
        found: list[tuple[str, Remark]] = [("", remark) for remark in self.remarks]
        found += [(self.gateway.name, remark) for remark in self.gateway.remarks] if self.gateway else []
        for process in self.processes:
            found += [(process.name, remark) for remarks in process.remarks.values() for remark in remarks]
            for parts in (process.settings, process.needs, process.calls, process.routes):
                found += [(process.name, remark) for part in parts for remark in part.remarks]
        return list(dict.fromkeys(found))
