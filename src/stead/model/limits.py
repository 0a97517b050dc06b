"""Limits: the most resources of one process. Targets that can enforce them do so."""

from dataclasses import dataclass, field

from stead.model.source_location import SourceLocation, here


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one process may use.

    cpus    cores
    memory  MiB; a process that uses more is killed
    pids    processes and threads together
    """

    cpus: float = 0.5
    memory: int = 256
    pids: int = 256
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)
