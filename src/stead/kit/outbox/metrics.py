"""Metrics of the messages of this process, by outcome, for `/metrics`.

The number of waiting messages is in the database; a scrape with a query would fail during an outage.
"""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric

DELIVERED = "delivered"
RETRIED = "retried"  # it failed, and will be tried again
GIVEN_UP = "given_up"  # it will never be delivered: someone has to look
OUTCOMES = (DELIVERED, RETRIED, GIVEN_UP)


class OutboxMetrics:
    """How often each message had each outcome; one that never had is 0, so that its first time is a rise."""

    def __init__(self, names: Iterator[str]) -> None:
        self._counts: Counter[tuple[str, str]] = Counter({(name, each): 0 for name in names for each in OUTCOMES})

    def note(self, name: str, outcome: str) -> None:
        self._counts[name, outcome] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metric family: what prometheus-client asks of a collector."""
        family = CounterMetricFamily(
            "outbox_messages", "Attempts to deliver messages, by outcome.", labels=["message", "outcome"]
        )
        for (name, outcome), count in sorted(self._counts.items()):
            family.add_metric([name, outcome], count)
        yield family
