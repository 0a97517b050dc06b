"""Metrics in business terms: payments that are open, how long, and refunds that are on their way.

They are read from the database now and then, and not for each scrape: a scrape must not wait for a database.
"""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.payments.ledger import QUERIES, one

EVERY = 10.0  # seconds


class PaymentMetrics(PeriodicTask):
    """Gauges, refreshed every few seconds; `providers` are those that are configured."""

    def __init__(self, database: Database, providers: tuple[str, ...]) -> None:
        super().__init__("payment metrics", self.refresh, EVERY)
        self._database = database
        self._providers = providers
        self._open: dict[str, DictRow] = {}
        self._refunds: DictRow | None = None

    async def refresh(self) -> None:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["open_counts"])).fetchall()
            self._refunds = await one(connection, "pending_refunds")
        self._open = {row["provider"]: row for row in rows}

    def collect(self) -> Iterator[Metric]:
        """Yield nothing until the database was read: no value is better than a wrong one."""
        if self._refunds is None:
            return
        count = GaugeMetricFamily("payments_open", "Payments that are neither captured nor ended.", labels=["provider"])
        oldest = GaugeMetricFamily(
            "payments_oldest_open_seconds", "The age of the oldest open payment.", labels=["provider"]
        )
        for name in sorted({*self._providers, *self._open}):
            row = self._open.get(name, {"open": 0, "oldest": 0.0})
            count.add_metric([name], row["open"])
            oldest.add_metric([name], row["oldest"])
        yield from (count, oldest)
        yield GaugeMetricFamily(
            "refunds_pending", "Refunds that the provider has not confirmed.", value=self._refunds["pending"]
        )
        yield GaugeMetricFamily(
            "refunds_oldest_pending_seconds", "The age of the oldest of them.", value=self._refunds["oldest"]
        )
