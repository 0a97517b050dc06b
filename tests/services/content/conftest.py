"""A content service on a fresh database, and what one does with it."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import uvicorn
from psycopg.rows import dict_row

from services.crowd import until_served
from stead.kit.caller import Credentials
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.kit.service_client import ServiceClient
from stead.services import content
from stead.services.content.app import MIGRATIONS, create
from stead.services.points import app as points_app
from stead.services.points.contract import PointsClient
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
        answer = await until_served(lambda: self.register(event, user))
        said = answer.json()
        return answer.status_code, said.get("code") or said["status"]

    async def cancel(self, event, user, **how):
        return await self.app.delete(f"/v1/events/{event}/registrations/me", user=user, **how)

    async def standing(self, event, user):
        return await self.app.get(f"/v1/events/{event}/registrations/me", user=user)

    async def promote(self, event, **order):
        answer = await self.app.post(f"/v1/events/{event}/promotions", json=order, **EDITOR)
        said = answer.json()
        return answer.status_code, said.get("code") or (said["user_id"], said["status"])

    async def seats(self, event):
        seen = (await self.app.get(f"/v1/events/{event}")).json()
        return seen["registered"], seen["waitlisted"]


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


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
            by_itself = event["promotion"] != "manual" and not event["started"]
            assert not by_itself or event["waiting"] == 0 or taken == event["capacity"], event

    return check


class Gate:
    """Stands before the points service, as a bad network does: `faults` are what becomes of the next requests."""

    def __init__(self, app):
        self.app = app
        self.faults = []
        self.chance = None
        self.asked = []

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        self.asked.append((scope["path"], headers.get(b"idempotency-key", b"").decode()))
        fault = self.faults.pop(0) if self.faults else self.chance() if self.chance else None
        if fault is None:
            await self.app(scope, receive, send)
        elif fault == "drop":  # it was done, and nobody hears of it
            await self.app(scope, receive, unheard)
            await answer(send, 502, b"{}")
        else:
            status, code = fault
            await answer(send, status, json.dumps({"code": code}).encode())


async def unheard(message):
    pass


async def answer(send, status, body):
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


class Points:
    """The points service on a port of its own, and a content service's means to call it."""

    def __init__(self, gate, url, private):
        self.gate = gate
        self.environ = {"POINTS_SERVICE_URL": url, "SERVICE_JWT_SECRET": private}
        self._peer = ServiceClient("points-service", url, Credentials("content-service", signing_key(private)))

    @asynccontextmanager
    async def client(self):
        await self._peer.open()
        try:
            yield PointsClient(self._peer)
        finally:
            await self._peer.close()


@pytest.fixture
def points(new_database, monkeypatch):
    """Serve the points service on a database of its own; further environment variables as keywords."""

    @asynccontextmanager
    async def serve(**environ):
        private = new_private_key("content-service")
        keys = {"content-service": public_jwk(private, "content-service", ("award", "reverse", "read"))}
        told = {"SERVICE_NAME": "points-service", "SERVICE_JWT_KEYS": jwk_set(keys), **environ}
        told["DATABASE_URL"] = new_database(points_app.MIGRATIONS)
        with monkeypatch.context() as patch:
            for variable, value in told.items():
                patch.setenv(variable, value)
            gate = Gate(points_app.create())
        async with listening(gate) as url:
            yield Points(gate, url, private)

    return serve


@asynccontextmanager
async def listening(app):
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        async with asyncio.timeout(10):
            while not server.started and not task.done():
                await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
