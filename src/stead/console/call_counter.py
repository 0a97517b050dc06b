"""Counts the calls between services while their spans are recorded, so that no page has to join all spans of a run.

A span whose parent is of another service is a call by that service. The parent often comes later, since it ends later
and is sent by another process: such a span waits for it, for a bounded time. Rejected: to join when a page asks, which
took 170 ms for 25,000 spans, and grew with them.
"""

import math
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from stead.console.otlp import Span

SLOT = 5_000_000  # µs of one counter
STEPS = 8  # counters for each factor of two of a duration: a percentile is off by 9 % at most
WAIT = 20.0  # seconds; an exporter of OpenTelemetry sends every five, and later on a busy machine
WAITING = 20_000  # spans
REQUESTED = (0, 2)  # the kinds of a span that answers a request: unspecified, and SERVER
CALLER = '"peer.service"'  # an attribute that names the caller of a span without a parent

ADD = """
INSERT INTO calls VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (slot, caller, callee, step) DO UPDATE SET
    count = count + excluded.count, errors = errors + excluded.errors, longest = max(longest, excluded.longest)
"""
PARENT = "SELECT service FROM spans WHERE trace = ? AND span = ? LIMIT 1"

Key = tuple[str, str]


class _Waiting(NamedTuple):
    until: float
    span: Span


class CallCounter:
    """Counts into the table `calls` of one connection, within the transaction of the spans."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: deque[_Waiting] = deque()

    def add(self, spans: Iterable[Span]) -> None:
        """Count the calls among spans that have just been inserted, and those that waited for one of them."""
        services = {(span.trace, span.span): span.service for span in spans}
        calls = [*self._found(services), *self._new(spans, services)]
        self._count(calls)

    def flush(self) -> None:
        """Count what still waits: its parent does not come any more."""
        waiting = [each.span for each in self._waiting]
        self._waiting.clear()
        self._count((_named_caller(span), span) for span in waiting)

    @property
    def idle(self) -> bool:
        """Tell whether there is nothing to be counted without new spans."""
        return not self._waiting or self._waiting[0].until > time.monotonic()

    def _found(self, services: Mapping[Key, str]) -> Iterator[tuple[str, Span]]:
        """Yield those that waited, with their callers, and those that have waited for too long."""
        now, waiting = time.monotonic(), self._waiting
        self._waiting = deque()
        for each in waiting:
            caller = services.get((each.span.trace, each.span.parent))
            if caller is not None:
                yield caller, each.span
            elif each.until <= now:
                yield _named_caller(each.span), each.span
            else:
                self._waiting.append(each)

    def _new(self, spans: Iterable[Span], services: Mapping[Key, str]) -> Iterator[tuple[str, Span]]:
        until = time.monotonic() + WAIT
        for span in spans:
            if not span.parent:
                yield _named_caller(span), span
                continue
            caller = services.get((span.trace, span.parent)) or self._recorded(span)
            if caller is None and len(self._waiting) < WAITING:
                self._waiting.append(_Waiting(until, span))
            else:
                yield caller or _named_caller(span), span

    def _recorded(self, span: Span) -> str | None:
        found = self._connection.execute(PARENT, (span.trace, span.parent)).fetchone()
        return str(found[0]) if found else None

    def _count(self, calls: Iterable[tuple[str, Span]]) -> None:
        sums: dict[tuple[int, str, str, int], list[int]] = {}
        for caller, span in calls:
            if caller == span.service:
                continue
            key = (span.start // SLOT, caller, span.service, round(STEPS * math.log2(span.duration + 1)))
            sums.setdefault(key, [0, 0, 0])
            one = sums[key]
            one[0], one[1], one[2] = one[0] + 1, one[1] + span.error, max(one[2], span.duration)
        self._connection.executemany(ADD, ((*key, *values) for key, values in sums.items()))


def _named_caller(span: Span) -> str:
    """Return the caller that a span names; nothing when the request came from outside.

    What no request began, such as a task of a service by the clock, is of the service itself.
    """
    if CALLER in span.attributes:
        return str(msgspec.json.decode(span.attributes).get("peer.service") or "")[:200]
    return "" if span.kind in REQUESTED else span.service
