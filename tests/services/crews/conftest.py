"""A crews service beside a real events service."""

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.payments.conftest import serve_events
from stead.kit.key import new_private_key, public_jwk
from stead.services import crews
from stead.services.crews.app import MIGRATIONS, create
from stead.services.events.app import MIGRATIONS as EVENTS
from stead.testing.harness import running

ORGANIZER = {"user": "olga", "roles": ["organizer"]}


class Camp:
    """The services, asked as people ask them."""

    def __init__(self, app, events):
        self.app = app
        self.events = events

    async def event(self, capacity=50):
        await self.events.put("/v1/organizers/club", json={"title": "The club"}, **ORGANIZER)
        starts_at = datetime.now(UTC) + timedelta(days=1)
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=8)).isoformat()}
        body = {"organizer": "club", "title": "River trip", "capacity": capacity, **times}
        event = (await self.events.post("/v1/events", json=body, **ORGANIZER)).json()["id"]
        await self.events.post(f"/v1/events/{event}/publication", **ORGANIZER)
        return event

    async def book(self, event, user):
        return (await self.events.post(f"/v1/events/{event}/bookings", user=user)).json()["id"]

    async def group(self, event, name="boat 1", capacity=2, kind="boat", **more):
        body = {"kind": kind, "name": name, "capacity": capacity, **more}
        return await self.app.post(f"/v1/crews/{event}/groups", json=body, **ORGANIZER)

    async def assign(self, event, group, booking, **more):
        body = {"booking_id": booking, "group_id": group, **more}
        return await self.app.post(f"/v1/crews/{event}/assignments", json=body, **ORGANIZER)

    async def board(self, event):
        """Return who is where: the users of each group."""
        shown = (await self.app.get(f"/v1/crews/{event}/board", **ORGANIZER)).json()
        names = {group["id"]: group["name"] for group in shown["groups"]}
        found = {name: [] for name in names.values()}
        for each in shown["assignments"]:
            found[names[each["group_id"]]].append(each["user_id"])
        return found

    async def wish(self, event, user, **wishes):
        body = {"wishes": [{"user_id": other, "wish": wish} for other, wish in wishes.items()]}
        return await self.app.put(f"/v1/crews/{event}/preferences", json=body, user=user)

    async def release(self, booking):
        return await self.app.delete(f"/v1/internal/crew-bookings/{booking}", caller="auth-service")


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def run(new_database, database_url):
    """Start the services."""

    @asynccontextmanager
    async def start():
        key, url = new_private_key("crews"), new_database(EVENTS)
        async with AsyncExitStack() as stack:
            keys = {"crews": public_jwk(key, "crews", ("read",))}
            keys["api-gateway"] = public_jwk(gateway := new_private_key("api-gateway"), "api-gateway", ("front",))
            club, events_url = await stack.enter_async_context(serve_events(url, keys, gateway, "1800"))
            told = {"DATABASE_URL": database_url, "EVENTS_SERVICE_URL": events_url, "SERVICE_JWT_SECRET": key}
            service = await stack.enter_async_context(running(create, service=crews.service(), environ=told))
            yield Camp(service, club)

    return start


@pytest.fixture
def unknown():
    return str(uuid4())
