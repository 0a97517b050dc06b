"""What the console's process is told by `stead up`, as lines of JSON on its standard input; the first is a `Start`."""

from typing import Any

import msgspec

RUNS = 10  # runs whose files are kept
LOG_ROWS = 200_000
SPAN_ROWS = 200_000
CALL_ROWS = 100_000
STATE_ROWS = 20_000
METRIC_ROWS = 100_000
BYTES = 256 * 1_048_576  # of one run's file


class Call(msgspec.Struct, frozen=True):
    """One arrow of the call graph."""

    caller: str
    callee: str
    operations: tuple[str, ...] = ()


class RouteAbout(msgspec.Struct, frozen=True):
    method: str
    path: str
    access: str
    operation: str = ""
    roles: tuple[str, ...] = ()


class SettingAbout(msgspec.Struct, frozen=True):
    """One setting of a process; `value` is None for a secret, which this process is never told, and empty for none."""

    name: str
    value: str | None
    secret: bool
    source: str
    why: str


class Node(msgspec.Struct, frozen=True):
    """A service, a job or the gateway, as the description has it."""

    name: str
    kind: str
    about: str = ""
    where: str = ""
    needs: tuple[str, ...] = ()
    routes: tuple[RouteAbout, ...] = ()
    settings: tuple[SettingAbout, ...] = ()
    database: str = ""  # on the PostgreSQL of this run: the database, and the role that owns it
    folder: str = ""  # where a command runs, from that of the description


class Users(msgspec.Struct, frozen=True):
    """What a token of the development identity provider must hold."""

    roles_claim: str
    audience: str = ""


class Graph(msgspec.Struct, frozen=True):
    """A description, as far as the page shows it."""

    nodes: tuple[Node, ...] = ()
    calls: tuple[Call, ...] = ()
    users: Users | None = None


class Limits(msgspec.Struct, frozen=True):
    """How much is kept: files, rows of each table in one file, bytes of one file."""

    runs: int = RUNS
    logs: int = LOG_ROWS
    spans: int = SPAN_ROWS
    calls: int = CALL_ROWS
    states: int = STATE_ROWS
    metrics: int = METRIC_ROWS
    bytes: int = BYTES


class Start(msgspec.Struct, frozen=True):
    """What is known before anything has started.

    socket    the open file of the listening socket
    token     opens the page
    spans     the part of the path that lets a process send its spans
    offsets   how far each log was written before this run
    story     whether the backend has a story to play
    traced    whether spans come here, and not where OTEL_EXPORTER_OTLP_ENDPOINT points
    live      whether a run goes on; without one, those that are kept are shown
    niceness  how far behind the backend this process stands
    """

    backend: str
    environment: str
    version: str
    description: str
    started: float
    socket: int
    token: str
    spans: str
    offsets: dict[str, int]
    graph: Graph
    story: bool = False
    traced: bool = True
    live: bool = True
    niceness: int = 10
    limits: Limits = Limits()


def written(value: Any) -> bytes:
    """Return a line for the console's process."""
    return msgspec.json.encode(value) + b"\n"
