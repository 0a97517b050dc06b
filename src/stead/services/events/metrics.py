"""Metrics in business terms: bookings that hold a seat, that wait for one, and holds whose time is over.

They are read from the database now and then, and not for each scrape: a scrape must not wait for a database.
"""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.periodic_task import PeriodicTask
from stead.services.events.inventory import QUERIES

EVERY = 10.0  # seconds
HELP = {
    "bookings_held": "Bookings that hold a seat and wait for payment.",
    "bookings_offered": "Seats that are offered to waiting users.",
    "bookings_waiting": "Bookings that wait for a seat.",
    "bookings_overdue": "Holds and offers that are overdue by a minute or more.",
}


class BookingMetrics(PeriodicTask):
    """Gauges, refreshed every few seconds."""

    def __init__(self, database: Database) -> None:
        super().__init__("booking metrics", self.refresh, EVERY)
        self._database = database
        self._counts: DictRow | None = None

    async def refresh(self) -> None:
        async with self._database.connection() as connection:
            self._counts = await (await connection.execute(QUERIES["booking_counts"])).fetchone()

    def collect(self) -> Iterator[Metric]:
        """Yield nothing until the database was read: no value is better than a wrong one."""
        if self._counts is not None:
            for name, about in HELP.items():
                yield GaugeMetricFamily(name, about, value=self._counts[name])
