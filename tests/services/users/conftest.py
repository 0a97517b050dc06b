"""A users service beside real sessions and notifications services, and the stand-in for a mail server."""

import asyncio
import os
import secrets
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import httpx2
import psycopg
import pytest
from psycopg.rows import dict_row

from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.model import Postgres
from stead.services import sessions as sessions_service
from stead.services import users
from stead.services.notifications.app import MIGRATIONS as NOTIFICATIONS
from stead.services.notifications.app import create as create_notifications
from stead.services.sessions.app import MIGRATIONS as SESSIONS
from stead.services.sessions.app import on_postgres
from stead.services.users.app import MIGRATIONS, create
from stead.testing.harness import App, alive, running
from stead.testing.loopback import listening
from stead.testing.smtp import Mailbox

PASSWORD = "a long enough password"
ADMIN = {"user": "root", "roles": ["admin"]}


class Desk:
    """The service, asked as people ask it."""

    def __init__(self, app, mailbox, sessions):
        self.app = app
        self.sessions = sessions
        self.mailbox = mailbox

    async def sign_up(self, email="ann@example.com", password=PASSWORD, **more):
        return await self.app.post("/v1/sign-up", json={"email": email, "password": password, **more})

    async def sign_in(self, email="ann@example.com", password=PASSWORD):
        return await self.app.post("/v1/sign-in", json={"email": email, "password": password})

    async def mail(self, email="ann@example.com", number=1):
        """Return the text of the n-th mail to an address."""
        async with asyncio.timeout(8):
            while len(self.mailbox.mails[email]) < number:
                await asyncio.sleep(0.03)
        return self.mailbox.mails[email][number - 1].text

    async def follow(self, mail):
        token = mail.rpartition("token=")[2].strip()
        return await self.app.post("/v1/sign-in/link", json={"token": token})

    async def registered(self, email="ann@example.com", password=PASSWORD):
        """Register and follow the link; return what signed in."""
        await self.sign_up(email, password)
        answer = await self.follow(await self.mail(email))
        assert answer.status_code == 200, answer.text
        return answer.json()


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
    """Start the services; further environment variables as keywords."""

    @asynccontextmanager
    async def start(**environ):
        key, edge, mailbox = new_private_key("users"), new_private_key("api-gateway"), Mailbox()
        async with AsyncExitStack() as stack:
            await mailbox.open()
            stack.push_async_callback(mailbox.close)

            async def serve(name, factory, migrations, operations, **more):
                gateway = public_jwk(edge, "api-gateway", ("front",))
                keys = jwk_set({"users": public_jwk(key, "users", operations), "api-gateway": gateway})
                told = {"SERVICE_NAME": name, "SERVICE_JWT_KEYS": keys, "SERVICE_JWT_SECRET": new_private_key(name)}
                told["DATABASE_URL"] = new_database(migrations)
                with environment(told | more):
                    app = factory()
                await stack.enter_async_context(alive(app))
                return await stack.enter_async_context(listening(app))

            operations = ("create", "exchange", "invalidate", "list")
            sessions = await serve(
                "sessions", on_postgres, SESSIONS, operations, SESSION_SIGNING_KEY=secrets.token_hex(32)
            )
            smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port), "SMTP_STARTTLS": "false"}
            link = {"NOTIFICATIONS_LINK_SECRET": "x", **smtp}
            operations = ("send", "contact", "forget")
            notifications = await serve("notifications", create_notifications, NOTIFICATIONS, operations, **link)
            told = {
                "DATABASE_URL": database_url,
                "SERVICE_JWT_SECRET": key,
                "SESSIONS_SERVICE_URL": sessions,
                "NOTIFICATIONS_SERVICE_URL": notifications,
                **environ,
            }
            service = await stack.enter_async_context(running(create, service=users.service(), environ=told))
            client = await stack.enter_async_context(httpx2.AsyncClient(base_url=sessions, trust_env=False))
            front = App(
                client, sessions_service.service("sessions", store=Postgres()), {"api-gateway": signing_key(edge)}
            )
            yield Desk(service, mailbox, front)

    return start


@pytest.fixture
def rows(database_url):
    """Read, or change, the database beside the service."""

    def ask(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.statusmessage.startswith("SELECT") else []

    return ask
