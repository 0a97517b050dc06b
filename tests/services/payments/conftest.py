"""A payments service beside a real events service and the YooKassa stand-in, all over real HTTP."""

import asyncio
import os
import secrets
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from stead.kit.key import jwk_set, new_private_key, public_jwk
from stead.services import events, payments
from stead.services.events.app import MIGRATIONS as EVENTS
from stead.services.events.app import create as create_events
from stead.services.events.replay import replay as replay_events
from stead.services.media.app import MIGRATIONS as MEDIA
from stead.services.media.app import create as create_media
from stead.services.payments.app import MIGRATIONS, create
from stead.services.payments.replay import replay
from stead.testing.harness import alive, running
from stead.testing.loopback import listening
from stead.testing.yookassa import Fault, YooKassa, app

ORGANIZER = {"user": "olga", "roles": ["organizer"]}
SHOP, SECRET = "100500", "test_secret"


class Till:
    """The services, asked as people ask them; `yookassa` is the stand-in's state, `events` the events service.

    files  the URL of the media service's database, where there is one
    """

    def __init__(self, service, events_service, yookassa, files):
        self.files = files
        self.app = service
        self.events = events_service
        self.yookassa = yookassa

    async def event(self, capacity=1, price=100_00):
        await self.events.put("/v1/organizers/club", json={"title": "The club"}, **ORGANIZER)
        starts_at = datetime.now(UTC) + timedelta(days=1)
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=8)).isoformat()}
        body = {"organizer": "club", "title": "River trip", "capacity": capacity, "price": price, **times}
        event = (await self.events.post("/v1/events", json=body, **ORGANIZER)).json()["id"]
        assert (await self.events.post(f"/v1/events/{event}/publication", **ORGANIZER)).status_code == 200
        return event

    async def book(self, user="ann", event=None):
        event = event or await self.event()
        return (await self.events.post(f"/v1/events/{event}/bookings", user=user)).json()

    async def booking(self, booking):
        return (await self.events.get(f"/v1/bookings/{booking['id']}", user=booking["user_id"])).json()

    async def begin(self, booking, method="redirect", **more):
        body = {"booking_id": booking["id"], "method": method, **more}
        return await self.app.post("/v1/payments", json=body, user=booking["user_id"])

    async def read(self, payment, user="ann"):
        return (await self.app.get(f"/v1/payments/{payment['id']}", user=user)).json()

    async def refunds(self, payment):
        return (await self.app.get(f"/v1/payments/{payment['id']}/refunds", **ORGANIZER)).json()["refunds"]

    async def refund(self, payment, amount=None, key=None):
        body = {"reason": "a test"} | ({"amount": amount} if amount else {})
        path = f"/v1/payments/{payment['id']}/refunds"
        return await self.app.post(path, json=body, key=key or secrets.token_hex(8), **ORGANIZER)

    def file(self, owner_id, user="ann", status="published", owner_kind="payment_proof"):
        """Put a file into the media service, as it is after its upload, and return its id."""
        add = (
            "INSERT INTO media (user_id, owner_kind, owner_id, content_type, size, status)"
            " VALUES (%s, %s, %s, 'application/pdf', 1, %s) RETURNING id"
        )
        with psycopg.connect(self.files) as connection:
            [file] = connection.execute(add, (user, owner_kind, owner_id, status)).fetchone()
        return str(file)

    async def prove(self, payment, media, user="ann"):
        return await self.app.put(f"/v1/payments/{payment['id']}/proof", json={"media_id": media}, user=user)

    @property
    def provided(self):
        """The one payment of the stand-in."""
        [payment] = self.yookassa.payments.values()
        return payment

    async def pay(self):
        await self.yookassa.act(self.provided["id"], "pay")

    async def webhook(self, event, about):
        body = {"type": "notification", "event": event, "object": about}
        return await self.app.post("/v1/webhooks/yookassa", json=body)

    async def paid(self, booking, **more):
        """Begin a payment, pay it, and wait until the booking is confirmed."""
        payment = (await self.begin(booking, **more)).json()
        await self.yookassa.act(self.yookassa_id(payment), "pay")
        await self.webhook("payment.succeeded", {"id": self.yookassa_id(payment)})
        await self.until(lambda: self.has(payment, outcome="confirmed"))
        return payment

    def yookassa_id(self, payment):
        [id_] = [
            each["id"] for each in self.yookassa.payments.values() if each["metadata"]["payment_id"] == payment["id"]
        ]
        return id_

    async def has(self, payment, **values):
        shown = await self.read(payment)
        return all(shown[name] == value for name, value in values.items())

    def fail(self, operation, **how):
        self.yookassa.faults[operation].append(Fault(operation, **how))

    async def until(self, holds, seconds=8):
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.03)


@contextmanager
def environment(values):
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def run(new_database, database_url):
    """Start the services; further environment variables of payments as keywords."""

    @asynccontextmanager
    async def start(hold="1800", **environ):
        key, url, yookassa = new_private_key("payments"), new_database(EVENTS), YooKassa(SHOP, SECRET)
        async with AsyncExitStack() as stack:
            keys = {"payments": public_jwk(key, "payments", ("read", "confirm", "revoke"))}
            keys["api-gateway"] = public_jwk(gateway := new_private_key("api-gateway"), "api-gateway", ("front",))
            club, events_url = await stack.enter_async_context(serve_events(url, keys, gateway, hold))
            yookassa_url = await stack.enter_async_context(listening(app(yookassa)))
            told = {
                "DATABASE_URL": database_url,
                "EVENTS_SERVICE_URL": events_url,
                "SERVICE_JWT_SECRET": key,
                "YOOKASSA_SERVICE_URL": yookassa_url,
                "YOOKASSA_SHOP_ID": SHOP,
                "YOOKASSA_SECRET_KEY": SECRET,
                "PAYMENTS_POLL_SECONDS": "3600",
                "PAYMENTS_SWEEP_SECONDS": "3600",
                **environ,
            }
            files = ""
            if "PAYMENTS_QR_PAYEE" in environ:
                files = new_database(MEDIA)
                of_payments = {"payments": public_jwk(key, "payments", ("read",))}
                told["MEDIA_SERVICE_URL"] = await stack.enter_async_context(serve_media(files, of_payments))
            service = await stack.enter_async_context(running(create, service=payments.service(), environ=told))
            yield Till(service, club, yookassa, files)
        reports = replay(database_url), replay_events(url)
        assert all(report.clean for report in reports), [report.first for report in reports]

    return start


@asynccontextmanager
async def serve_media(url, keys):
    """Serve a media service on the loopback; its rows are the test's own."""
    told = {
        "DATABASE_URL": url,
        "SERVICE_NAME": "media",
        "SERVICE_JWT_KEYS": jwk_set(keys),
        "SERVICE_JWT_SECRET": new_private_key("media"),
        "BUCKET_URL": "s3://key:secret@127.0.0.1:9/media",
    }
    with environment(told):
        service = create_media()
    async with alive(service), listening(service) as base:
        yield base


@asynccontextmanager
async def serve_events(url, keys, gateway, hold):
    told = {
        "DATABASE_URL": url,
        "SERVICE_NAME": "events",
        "SERVICE_JWT_KEYS": jwk_set(keys),
        "SERVICE_JWT_SECRET": new_private_key("events"),
        "EVENTS_HOLD_SECONDS": hold,
        "EVENTS_SWEEP_SECONDS": "3600",
    }
    with environment(told):
        service = create_events()
    import httpx2

    from stead.kit.key import signing_key
    from stead.testing.harness import App

    async with alive(service), listening(service) as base, httpx2.AsyncClient(base_url=base, trust_env=False) as client:
        yield App(client, events.service(), {"api-gateway": signing_key(gateway)}), base


@pytest.fixture
def rows(database_url):
    """Read, or change, the payments database beside the service."""

    def ask(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.statusmessage.startswith("SELECT") else []

    return ask


@pytest.fixture
def unknown():
    return lambda: {"id": str(uuid4())}
