"""A notifications service beside the stand-ins for Telegram and for a mail server."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest
from psycopg.rows import dict_row

from stead.services import notifications
from stead.services.notifications.app import MIGRATIONS, create
from stead.testing.harness import running
from stead.testing.loopback import listening
from stead.testing.sms_ru import SmsRu
from stead.testing.sms_ru import app as sms_app
from stead.testing.smtp import Mailbox
from stead.testing.telegram import ButtonPress, Telegram, UserMessage, app

TOKEN = "123456:a-token"
ADMIN = {"user": "root", "roles": ["admin"]}


class Post:
    """The service, asked as other services and people ask it."""

    def __init__(self, service, telegram, mailbox, sms):
        self.app = service
        self.sms = sms
        self.telegram = telegram
        self.mailbox = mailbox

    async def contact(self, user="ann", email="ann@example.com", locale="en", **more):
        body = {"email": email, "locale": locale, **more}
        answer = await self.app.put(f"/v1/internal/contacts/{user}", json=body, caller="auth-service")
        assert answer.status_code == 204, answer.text

    async def link(self, user="ann", chat=7):
        url = (await self.app.post("/v1/notifications/telegram-links", user=user)).json()["url"]
        self.says(f"/start {url.rpartition('=')[2]}", chat)
        await self.until(lambda: self.chat(chat))

    def says(self, text, chat=7):
        self.telegram.send(UserMessage({"id": chat, "first_name": "Ann"}, text))

    async def send(self, user="ann", kind="booking_confirmed", key="k", **data):
        body = {"user_id": user, "kind": kind, "key": key, "data": data or {"title": "River"}}
        return await self.app.post("/v1/internal/notifications", json=body, caller="auth-service")

    def chat(self, chat=7):
        return [each["text"] for each in self.telegram.sent if each["chat"]["id"] == chat]

    def buttons(self, chat=7):
        """Return what the buttons of the last settings say, and what each of them sends."""
        shown = [each for each in self.telegram.sent if each["chat"]["id"] == chat and "reply_markup" in each]
        rows = shown[-1]["reply_markup"]["inline_keyboard"] if shown else []
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def presses(self, data, chat=7):
        self.telegram.press(ButtonPress({"id": chat, "first_name": "Ann"}, data))

    async def choose(self, user="ann", **chosen):
        answer = await self.app.put("/v1/notifications/settings", json={"locale": "en", **chosen}, user=user)
        assert answer.status_code == 200, answer.text

    def mails(self, address="ann@example.com"):
        return self.mailbox.mails[address]

    async def dead(self):
        return (await self.app.get("/v1/notifications/dead-letters", **ADMIN)).json()["messages"]

    async def until(self, holds, seconds=8):
        async with asyncio.timeout(seconds):
            while True:
                found = holds()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                await asyncio.sleep(0.03)


@pytest.fixture
def database_url(new_database):
    return new_database(MIGRATIONS)


@pytest.fixture
def run(database_url):
    """Start the service; further environment variables as keywords."""

    @asynccontextmanager
    async def start(**environ):
        telegram, mailbox, sms = Telegram(TOKEN), Mailbox(), SmsRu("an-account")
        async with AsyncExitStack() as stack:
            await mailbox.open()
            stack.push_async_callback(mailbox.close)
            url = await stack.enter_async_context(listening(app(telegram)))
            told = {
                "DATABASE_URL": database_url,
                "TELEGRAM_SERVICE_URL": url,
                "NOTIFICATIONS_BOT_TOKEN": TOKEN,
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(mailbox.port),
                "SMTP_STARTTLS": "false",
                "NOTIFICATIONS_LINK_SECRET": "a-secret",
                **environ,
            }
            if "SMS_API_ID" in environ:
                told["SMS_SERVICE_URL"] = await stack.enter_async_context(listening(sms_app(sms)))
            service = await stack.enter_async_context(running(create, service=notifications.service(), environ=told))
            yield Post(service, telegram, mailbox, sms)

    return start


@pytest.fixture
def rows(database_url):
    """Read, or change, the database beside the service."""

    def ask(query, *values):
        with psycopg.connect(database_url, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.statusmessage.startswith("SELECT") else []

    return ask
