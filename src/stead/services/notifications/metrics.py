"""Metrics in business terms: messages that are dead. Read now and then, as a scrape must not wait for a database."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from stead.kit.database import Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.notifications.sender import QUERIES

EVERY = 10.0  # seconds


class NotificationMetrics(PeriodicTask):
    """Gauges, refreshed every few seconds."""

    def __init__(self, database: Database) -> None:
        super().__init__("notification metrics", self.refresh, EVERY)
        self._database = database
        self._dead: int | None = None

    async def refresh(self) -> None:
        async with self._database.connection() as connection:
            row = await (await connection.execute(QUERIES["dead_count"])).fetchone()
        self._dead = row["dead"] if row else None

    def collect(self) -> Iterator[Metric]:
        """Yield nothing until the database was read: no value is better than a wrong one."""
        if self._dead is not None:
            family = GaugeMetricFamily("notifications_dead", "Messages that could not be sent.")
            family.add_metric([], self._dead)
            yield family
