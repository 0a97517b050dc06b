"""A content service on a fresh database, and what one does with it."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from stead.services import content
from stead.services.content.app import create
from stead.testing.harness import running

EDITOR = {"user": "edith", "roles": ["editor"]}
COUNTED = """
SELECT capacity, starts_at <= now() AS started, promotion,
       registered, count(r.*) FILTER (WHERE status = 'registered') AS are_registered,
       offered, count(r.*) FILTER (WHERE status = 'offered') AS are_offered,
       waiting, count(r.*) FILTER (WHERE status = 'waitlisted') AS are_waiting,
       arrivals, count(r.*) AS came
FROM event LEFT JOIN registration r ON r.event_id = event.id GROUP BY event.id
"""


class House:
    """The service, asked as people ask it."""

    def __init__(self, app):
        self.app = app

    async def announce(self, capacity=1, hours=24.0, **more):
        starts_at = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
        body = {"title": "Meeting", "starts_at": starts_at, "capacity": capacity, **more}
        answer = await self.app.post("/v1/events", json=body, **EDITOR)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def change(self, event, **change):
        return await self.app.patch(f"/v1/events/{event}", json=change, **EDITOR)

    async def register(self, event, user, **how):
        return await self.app.post(f"/v1/events/{event}/registrations", user=user, **how)

    async def status(self, event, user):
        answer = await self.register(event, user)
        said = answer.json()
        return answer.status_code, said.get("code") or said["status"]

    async def cancel(self, event, user, **how):
        return await self.app.delete(f"/v1/events/{event}/registrations/me", user=user, **how)

    async def standing(self, event, user):
        return await self.app.get(f"/v1/events/{event}/registrations/me", user=user)

    async def seats(self, event):
        seen = (await self.app.get(f"/v1/events/{event}")).json()
        return seen["registered"], seen["waitlisted"]


@pytest.fixture
def run(database_url):
    """Start the service; further environment variables as keywords."""

    @asynccontextmanager
    async def start(**environ):
        told = {"DATABASE_URL": database_url, **environ}
        async with running(create, service=content.service(), environ=told) as app:
            yield House(app)

    return start


@pytest.fixture
def rows(database_url):
    """Read, or change, the database beside the service."""

    def ask(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.statusmessage.startswith("SELECT") else []

    return ask


@pytest.fixture
def hold(rows):
    """Assert what always holds of every event's seats."""

    def check():
        for event in rows(COUNTED):
            assert event["registered"] == event["are_registered"], event
            assert event["offered"] == event["are_offered"], event
            assert event["waiting"] == event["are_waiting"], event
            assert event["arrivals"] == event["came"], event
            taken = event["registered"] + event["offered"]
            assert taken <= event["capacity"], event
            assert event["started"] or event["waiting"] == 0 or taken == event["capacity"], event

    return check
