"""A backend that runs on this machine, as the campaign sees it: processes, databases, a token, figures.

Stand-ins for the outside world are never disturbed: what they remember is what a bank or a mail server remembers, and
those do not die with the backend.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from stead.model import AnyService, Postgres, Service
from stead.model.load import read
from stead.model.resource_name import part_name
from stead.run.control_client import Remote
from stead.run.postgres import Cluster
from stead.run.run_info import has_tokens, running

STAND_INS = "stead.testing."
STARTS = 3  # of one service that a kill may end before it is healthy; after five the runner gives it up, as it should
PORT_LINE = 3  # of postmaster.pid, which PostgreSQL writes line by line


class ServerDownError(Exception):
    """PostgreSQL was killed a moment ago, and is started again."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process that runs now."""

    name: str
    kind: str
    state: str
    pid: int


class Backend:
    """The backend in a folder; it must run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = running(folder)
        assert found, f"nothing runs in {folder}"
        self.found, self.url = found, found.url
        self.description = read(folder)
        access = "user" if has_tokens(self.description) else "public"  # where users sign up, the campaign has no user
        self.paths = [
            route.path
            for service in self.description.services
            for route in service.routes
            if route.method == "GET" and route.access == access and "{" not in route.path
        ]
        self._stand_ins = {each.name for each in self.description.services if _stands_in(each)}
        self._headers: dict[str, str] | None = None
        self._killed: Counter[str] = Counter()  # by service, since it was last healthy

    def headers(self, user: str) -> dict[str, str]:
        """Return a user's credential; none where no identity provider's tokens can be made here."""
        if self._headers is None:
            made = {"Authorization": f"Bearer {self.found.token(user, ())}"} if has_tokens(self.description) else {}
            self._headers = made
        return self._headers

    def processes(self) -> list[Process]:
        """Return what runs now; a process that is just being started again is left out."""
        told: list[dict[str, Any]] = Remote(self.folder).ask("status")["processes"]
        return [Process(each["name"], each["kind"], each["state"], each["pid"]) for each in told if each["pid"]]

    def services(self) -> list[Process]:
        return self._those(lambda each: each.kind == "service" and each.name not in self._stand_ins)

    def victims(self) -> list[Process]:
        """Return the services that may be killed now: healthy ones, and those that may be killed while they start."""
        found = self.services()
        for each in found:
            if each.state == "healthy":
                del self._killed[each.name]
        return [each for each in found if self._killed[each.name] < STARTS]

    def was_killed(self, process: Process) -> None:
        self._killed[process.name] += 1

    def gateway(self) -> list[Process]:
        """Return the gateway and its agent; neither is there while both are started again."""
        name = self.description.gateway.name if self.description.gateway else "-"
        return self._those(lambda each: each.name.startswith(name))

    def resources(self) -> list[Process]:
        return self._those(lambda each: each.kind == "resource")

    def _those(self, wanted: Callable[[Process], bool]) -> list[Process]:
        there = self.processes()
        return [each for each in there if wanted(each)] or there

    def databases(self) -> list[tuple[str, str]]:
        """Return each database: its name, and an administrator's URL."""
        cluster = self._cluster()
        names = [part_name(self.description.name, service.name, need) for service, need in self._needs()]
        return [(name, cluster.url(name)) for name in names]

    def invariants(self) -> list[tuple[str, str, str]]:
        """Return, for each service that names invariants: its name, the function, and its database's URL."""
        cluster = self._cluster()
        return [
            (service.name, service.invariants, cluster.url(part_name(self.description.name, service.name, need)))
            for service, need in self._needs()
            if service.invariants
        ]

    def database_of(self, service: str) -> str:
        """Return an administrator's URL of the first database of a service."""
        need = next(need for each, need in self._needs() if each.name == service)
        return self._cluster().url(part_name(self.description.name, service, need))

    def _needs(self) -> list[tuple[AnyService, Postgres]]:
        return [
            (service, need)
            for service in self.description.services
            if isinstance(service, Service)
            for need in service.needs
            if isinstance(need, Postgres)
        ]

    def _cluster(self) -> Cluster:
        for file in (self.folder / ".stead").glob("**/postmaster.pid"):
            with suppress(FileNotFoundError):  # removed since it was listed
                lines = file.read_text().splitlines()
                if len(lines) > PORT_LINE:
                    return Cluster(file.parent.parent, port=int(lines[PORT_LINE]))
        raise ServerDownError("PostgreSQL is being started again")

    def size(self) -> tuple[float, int]:
        """Return the memory of all services, in MB of their own, and their open descriptors."""
        found = [psutil.Process(each.pid) for each in self.services()]
        memory = sum(each.memory_full_info().uss for each in found) / 1e6
        return memory, sum(each.num_fds() for each in found)


def _stands_in(service: AnyService) -> bool:
    return isinstance(service, Service) and str(service.app).startswith(STAND_INS)
