"""Measures the processes of a run every few seconds: their memory, and what a service of the kit tells at `/metrics`.

Only the gauges that the page shows are read, by their names: prometheus-client's parser, the rejected option, takes
5 MB and reads the hundreds of buckets of the histograms as well. A process that serves no metrics is not asked again
until it has been restarted.
"""

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from stead.console.process_memory import memory

PERIOD = 5.0  # seconds between two samples
TIMEOUT = 1.0  # seconds of one question
LONGEST = 1_048_576  # bytes of an answer that are read
GAUGE = re.compile(r"^(database_pool_(?:size|used|waiting)) (\S+)$", re.MULTILINE)
MEMORY = "memory"


class Measurement(NamedTuple):
    """A row of the table `metrics`; `time` in microseconds since 1970."""

    time: int
    process: str
    name: str
    value: float


class MetricSampler:
    """Samples in a thread of its own; `processes` returns the state of each process of the run."""

    def __init__(
        self, processes: Callable[[], Iterable[Mapping[str, Any]]], take: Callable[[Iterable[Measurement]], None]
    ) -> None:
        self.start = threading.Thread(target=self._run, name="metrics", daemon=True).start
        self._processes, self._take = processes, take
        self._silent: set[tuple[str, int]] = set()  # name and pid of those that have no metrics

    def sample(self) -> Iterator[Measurement]:
        """Yield what is measured now; a process that ends meanwhile is left out."""
        at = time.time_ns() // 1000
        for process in self._processes():
            name, pid = process["name"], process["pid"]
            used = memory(pid)
            if used is not None:
                yield Measurement(at, name, MEMORY, used)
            if process["kind"] == "service" and process["state"] == "healthy" and (name, pid) not in self._silent:
                yield from self._gauges(at, name, pid, process["url"])

    def _gauges(self, at: int, name: str, pid: int, url: str) -> Iterator[Measurement]:
        try:
            found = GAUGE.findall(_metrics(url))
        except (OSError, http.client.HTTPException):
            return  # it is busy, or ends: the next sample shows which
        if not found:
            self._silent.add((name, pid))
        for gauge, text in found:
            yield Measurement(at, name, gauge, float(text))

    def _run(self) -> None:
        while True:
            time.sleep(PERIOD)
            self._take(list(self.sample()))


def _metrics(url: str) -> str:
    """Return what a service tells at `/metrics`; nothing when it serves none."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=TIMEOUT)
    try:
        connection.request("GET", "/metrics", headers={"user-agent": "stead-console"})
        answer = connection.getresponse()
        return answer.read(LONGEST).decode(errors="replace") if answer.status == http.client.OK else ""
    finally:
        connection.close()
