"""Metrics in business terms: payments that are open, how long, and refunds that are on their way.

They are read from the database now and then, and not for each scrape: a scrape must not wait for a database.
"""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from stead.kit.database import Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.payments.ledger import one

EVERY = 10.0  # seconds
HELP = {
    "payments_open": "Payments that are neither captured nor ended.",
    "payments_oldest_open_seconds": "The age of the oldest open payment.",
    "refunds_pending": "Refunds that the provider has not confirmed.",
}


class PaymentMetrics(PeriodicTask):
    """Gauges, refreshed every few seconds."""

    def __init__(self, database: Database) -> None:
        super().__init__("payment metrics", self.refresh, EVERY)
        self._database = database
        self._values: tuple[float, ...] = ()

    async def refresh(self) -> None:
        async with self._database.connection() as connection:
            row = await one(connection, "open_counts")
        self._values = (row["open"], row["oldest"], row["refunds"])

    def collect(self) -> Iterator[Metric]:
        """Yield nothing until the database was read: no value is better than a wrong one."""
        for (name, about), value in zip(HELP.items(), self._values, strict=False):
            family = GaugeMetricFamily(name, about)
            family.add_metric([], value)
            yield family
