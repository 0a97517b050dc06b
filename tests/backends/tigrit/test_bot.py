"""The bot against a stand-in for Telegram over real HTTP: each word is heard once, limits kept, outages said."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from interactions.store import MIGRATIONS, Interactions
from stead.kit.database import Database
from stead.kit.service_client import CallUnavailable
from stead.services.auth.contract import Ensured
from stead.services.sessions.contract import SessionList
from stead.testing.init_data import person
from stead.testing.loopback import listening
from stead.testing.telegram import Fault, Telegram, UserMessage, app
from tigrit_bot import words
from tigrit_bot.talk import Talk

TOKEN = "42:stand-in"
ANN = person(7, "Аня")

TASKS_END_WITH_THE_LOOP = "aiogram"


class Auth:
    """The auth service as the bot sees it, up or down."""

    def __init__(self):
        self.down = False
        self.ensured = []

    async def ensure(self, who):
        if self.down:
            raise CallUnavailable("auth", "down")
        self.ensured.append(who.user_id)
        return Ensured(who.user_id, False)


class Visits:
    """The sessions service as the bot sees it."""

    def __init__(self):
        self.begun, self.ended, self.down = [], [], False

    async def create(self, new, *, key):
        self.begun.append(new.user_id)

    async def invalidate(self, which):
        self.ended.append(which.user_id)

    async def of_user(self, user_id):
        if self.down:
            raise CallUnavailable("sessions", "down")
        return SessionList([])


@asynccontextmanager
async def talking(database_url, *, rate=50.0):
    from tigrit_bot.telegram import Telegram as Bot  # here: aiogram takes seconds, in each process that collects tests

    telegram, auth, visits = Telegram(TOKEN, rate), Auth(), Visits()
    database = Database(database_url, migrations=[MIGRATIONS])
    spoken = Interactions(database)
    await database.open()
    async with listening(app(telegram)) as url:
        bot = Bot(TOKEN, url, Talk(auth, visits, spoken), webhook=None, secret=None)
        await bot.open()
        try:
            yield telegram, auth, visits, spoken
        finally:
            await bot.close()
            await database.close()


async def said(telegram, count, within=10.0):
    """Wait for so many answers."""
    async with asyncio.timeout(within):
        while len(telegram.sent) < count:
            await asyncio.sleep(0.01)
    return [message["text"] for message in telegram.sent]


async def test_it_talks(database_url):
    async with talking(database_url) as (telegram, auth, visits, spoken):
        for text in ("/start", "/me", "/logout", "hello"):
            telegram.send(UserMessage(ANN, text))
        answers = await said(telegram, 4)
        assert [answer[:6] for answer in answers] == ["Привет", "Ты — А", "Готово", words.HEARD[:6]]
        assert (visits.begun, visits.ended) == (["7"], ["7"])
        assert [one.text for one in reversed(await spoken.of_user("7", 10))] == ["/start", "/me", "/logout", "hello"]


async def test_while_nobody_can_be_ensured_nothing_is_written(database_url):
    async with talking(database_url) as (telegram, auth, _, spoken):
        auth.down = True
        telegram.send(UserMessage(ANN, "/me"))
        assert await said(telegram, 1) == [words.GAME_DOWN]
        assert await spoken.of_user("7", 10) == []
        auth.down = False
        telegram.send(UserMessage(ANN, "/start"))
        assert (await said(telegram, 2))[1].startswith("Привет")
        assert [one.text for one in await spoken.of_user("7", 10)] == ["/start"]


async def test_sessions_down_leaves_the_rest(database_url):
    async with talking(database_url) as (telegram, _, visits, _spoken):
        visits.down = True
        telegram.send(UserMessage(ANN, "/me"))
        assert words.UNKNOWN in (await said(telegram, 1))[0]


async def test_a_limit_is_waited_for_and_other_chats_are_not_held_up(database_url):
    async with talking(database_url) as (telegram, *_):
        telegram.faults["sendMessage"].append(Fault("sendMessage", 429, retry_after=1))
        telegram.send(UserMessage(ANN, "first"))
        await asyncio.sleep(0.2)
        telegram.send(UserMessage(person(8, "Ben"), "hello"))
        answers = await said(telegram, 2)
        assert [message["chat"]["id"] for message in telegram.sent] == [8, 7]
        assert answers == [words.HEARD, words.HEARD]


async def test_a_chat_is_kept_to_its_rate_and_in_order(database_url):
    async with talking(database_url, rate=5.0) as (telegram, *_):
        for number in range(9):
            telegram.send(UserMessage(ANN, "/me" if number % 2 else "hello"))
        answers = await said(telegram, 9, within=20)
        assert [answer.startswith("Ты") for answer in answers] == [bool(number % 2) for number in range(9)]


@pytest.mark.parametrize("status", [500, 502])
async def test_telegram_itself_fails_for_a_moment(database_url, status):
    async with talking(database_url) as (telegram, *_):
        telegram.faults["sendMessage"].append(Fault("sendMessage", status, times=2))
        telegram.faults["getUpdates"].append(Fault("getUpdates", status))
        telegram.send(UserMessage(ANN, "hello"))
        assert await said(telegram, 1) == [words.HEARD]


async def test_an_update_that_comes_twice_is_written_once(database_url):
    database = Database(database_url, migrations=[MIGRATIONS])
    await database.open()
    spoken = Interactions(database)
    for _ in range(2):
        await spoken.note(1, "7", "hello\0")
    found = await spoken.of_user("7", 10)
    assert [one.text for one in found] == ["hello"]
    await database.close()
