"""An events service on a fresh database, and what one does with it."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from stead.services import events
from stead.services.events.app import MIGRATIONS, create
from stead.services.events.replay import replay
from stead.testing.harness import running

ORGANIZER = {"user": "olga", "roles": ["organizer"]}


class Club:
    """The service, asked as people and other services ask it."""

    def __init__(self, app):
        self.app = app

    async def event(self, capacity=1, price=100_00, hours=24.0, publish=True, **more):
        await self.app.put("/v1/organizers/club", json={"title": "The club"}, **ORGANIZER)
        starts_at = datetime.now(UTC) + timedelta(hours=hours)
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=8)).isoformat()}
        body = {"organizer": "club", "title": "River trip", "capacity": capacity, "price": price, **times, **more}
        answer = await self.app.post("/v1/events", json=body, **ORGANIZER)
        assert answer.status_code == 201, answer.text
        event = answer.json()["id"]
        if publish:
            assert (await self.app.post(f"/v1/events/{event}/publication", **ORGANIZER)).status_code == 200
        return event

    async def change(self, event, **change):
        return await self.app.patch(f"/v1/events/{event}", json=change, **ORGANIZER)

    async def read(self, event):
        return (await self.app.get(f"/v1/events/{event}")).json()

    async def book(self, event, user, **how):
        return await self.app.post(f"/v1/events/{event}/bookings", user=user, **how)

    async def booking(self, event, user):
        """Book, and return the booking."""
        answer = await self.book(event, user)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def status(self, booking):
        return (await self.app.get(f"/v1/bookings/{booking['id']}", user=booking["user_id"])).json()["status"]

    async def cancel(self, booking, user=None):
        return await self.app.delete(f"/v1/bookings/{booking['id']}", user=user or booking["user_id"])

    async def accept(self, booking):
        return await self.app.post(f"/v1/bookings/{booking['id']}/acceptance", user=booking["user_id"])

    async def confirm(self, booking, payment=None, amount=100_00, currency="RUB"):
        body = {"payment_id": payment or str(uuid4()), "amount": amount, "currency": currency}
        path = f"/v1/internal/bookings/{booking['id']}/confirmation"
        return await self.app.post(path, json=body, caller="auth-service")

    async def confirmed(self, event, user):
        """Book and pay, and return the booking."""
        booking = await self.booking(event, user)
        answer = await self.confirm(booking)
        assert answer.status_code == 200, answer.text
        return booking


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def run(database_url):
    """Start the service; further environment variables as keywords."""

    @asynccontextmanager
    async def start(**environ):
        told = {"DATABASE_URL": database_url, "EVENTS_SWEEP_SECONDS": "3600", **environ}
        async with running(create, service=events.service(), environ=told) as app:
            yield Club(app)
        report = replay(database_url)
        assert report.clean, report.first

    return start


@pytest.fixture
def rows(database_url):
    """Read, or change, the database beside the service."""

    def ask(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.statusmessage.startswith("SELECT") else []

    return ask
