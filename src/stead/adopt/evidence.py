"""Evidence: what the files of a repository say, each with its file, before anything is concluded from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stead.check.cache import Cache
from stead.check.tree import Tree

# Facts that a check uses, and from which nothing is concluded here.
UNASKED = frozenset({"secret", "pipeline", "deploy", "silence"})
Access = Literal["public", "user", "service"]


@dataclass(frozen=True, slots=True)
class Value:
    """What a file gives an environment variable.

    text      as it will be used; None where it is given elsewhere, or is a secret's
    raw       as the file has it, for what can be determined from it; never written anywhere
    optional  whether the code can do without
    """

    text: str | None
    file: str
    raw: str = ""
    secret: bool = False
    help: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A path that a process answers: `operation` is how a document calls it."""

    method: str
    path: str
    access: Access
    operation: str
    file: str


@dataclass(frozen=True, slots=True)
class Front:
    """A rule of a gateway's configuration: who is admitted, and to which host. `note` says what was not understood."""

    host: str
    methods: tuple[str, ...]
    path: str
    access: Access
    file: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BuildPart:
    """How an image is built: the folder that the build sees, its Dockerfile below it, and what is not a secret."""

    context: str
    dockerfile: str = "Dockerfile"
    target: str = ""
    args: tuple[tuple[str, str], ...] = ()


@dataclass
class RoutePart:
    """What one file says of one process.

    named     how sure the name is: a Worker's, a Deployment's or a Compose service's is one, a folder's is a guess
    after     the names of what it waits for
    worker    the folder, or the entry, of a Worker that Stead can run by itself
    callees   the names of those that it calls by a binding
    bindings  per callee, the binding by which a Worker asks it
    only      the environments in which alone it is, by the file that has it
    build     how its image is built, and
    base      the image that its last stage starts from
    probe     the command by which its container is asked whether it is healthy
    port      the port on which it listens in its container; 0 where nothing says so
    """

    name: str
    file: str
    kind: Literal["worker", "compose", "kubernetes", "procfile", "folder"]
    job: bool = False
    runs: str = ""
    cron: str = ""  # when a job is repeated
    image: str = ""
    folder: str = ""
    command: tuple[str, ...] = ()
    why: str = ""  # the origin of the command, when it is a guess
    values: dict[str, Value] = field(default_factory=dict)
    variants: dict[str, dict[str, Value]] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    worker: str = ""
    callees: tuple[str, ...] = ()
    bindings: dict[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    health: str = ""
    build: BuildPart | None = None
    base: str = ""
    probe: tuple[str, ...] = ()
    port: int = 0
    cpus: float | None = None
    memory: int | None = None
    replicas: int = 1
    offers: tuple[Offer, ...] = ()
    unsure: list[str] = field(default_factory=list)
    bound: tuple[str, ...] = ()  # names that its code gets as arguments, and that are not variables


@dataclass(frozen=True, slots=True)
class Edge:
    """A gateway that is only configuration: its name, its file, the browser origins that it admits."""

    name: str
    file: str
    origins: tuple[str, ...] = ()
    issuer: str = ""


@dataclass
class Evidence:
    """All that was found. `skipped` says what was left out of the description on purpose, and why."""

    tree: Tree
    cache: Cache = field(default_factory=lambda: Cache(without=UNASKED))
    parts: list[RoutePart] = field(default_factory=list)
    fronts: list[Front] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)  # a host name -> the process that answers there
    examples: dict[Path, dict[str, Value]] = field(default_factory=dict)
    exposed: set[str] = field(default_factory=set)  # processes that are reached from the outside
    namespaces: list[str] = field(default_factory=list)  # namespaces of the containers that manifests run
    completed: set[str] = field(default_factory=set)  # processes for whose end another one waits
    titles: list[str] = field(default_factory=list)  # candidates for the name of the backend, the best first
    environments: set[str] = field(default_factory=set)
    guessed: dict[str, str] = field(default_factory=dict)  # environments that something is named after, and that thing
    skipped: dict[str, str] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)  # the kinds of files that were of use

    @property
    def root(self) -> Path:
        return self.tree.root

    def named(self, *names: str) -> Iterator[Path]:
        """Yield the files of these names or endings, those of tests and examples left out."""
        for path in self.tree.named(*names):
            if not self.tree.is_sample(path):
                yield path

    def name(self, path: Path) -> str:
        """Return a file's path as it is told."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def folder(self, path: Path) -> str:
        """Return a folder as a description names it."""
        return self.name(path) if path != self.root else "."

    def add(self, parts: Iterable[RoutePart], kind: str) -> None:
        """Take parts in that files of a kind told."""
        for part in parts:
            self.parts.append(part)
            self.used[kind] = None
