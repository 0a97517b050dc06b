"""The outage table of tigrit: each part stopped, killed, slow and answering errors, and what the others say meanwhile.

What each cell must be stands in `backends/tigrit/README.md`, which is read here: the table that a person reads is the
one that is tested. `killed` is over in moments, so then every answer is either the cell's or the usual one.
"""

import asyncio
import os
import re
import secrets
import time

import httpx2
import pytest

from end_to_end.conftest import BACKENDS, live
from end_to_end.outage import OUTAGES, out
from stead.run.run_info import running
from stead.testing.init_data import init_data, person

PARTS = ("secrets", "auth", "sessions", "game", "redis", "postgres")
SERVICES = ("secrets", "auth", "sessions", "game", "tigrit-api", "tigrit-bot")
ASKED = ("sign-in", "player", "refresh", "profile", "bot")
LONGEST = 2.5  # seconds: the deadline of two, and what a busy machine adds
BACK = float(os.environ.get("STEAD_BACK_WITHIN", "6"))  # seconds; the aim is two, on a machine that does nothing else
OTHER_WORDS = {"slow": "504 deadline", "error": "502 bad_gateway"}  # how the README says 503 of these outages
USUAL = {"sign-in": "200", "player": "200", "refresh": "200", "profile": "200", "bot": "Открытых сессий"}


def table():
    """The rows of the README: part -> {health, ready, and what is asked -> the answer}."""
    text = (BACKENDS / "tigrit" / "README.md").read_text()
    rows = re.findall(r"^\| `([a-z]+)` \|(.+)\|$", text, re.MULTILINE)
    names = ("health", "ready", *ASKED)
    return {part: dict(zip(names, (cell.strip() for cell in cells.split("|")), strict=True)) for part, cells in rows}


TABLE = table()


@pytest.fixture(scope="module")
def tigrit():
    with live("tigrit") as backend:
        yield backend


class Client:
    """A player: a Mini App and a chat with the bot."""

    def __init__(self, backend, client):
        self.found = running(backend.folder)
        self.client = client
        self.token = self.found.secret("secrets", "TELEGRAM_BOT_TOKEN")
        self.person = person(10**9 + secrets.randbelow(10**9), "Аня")
        self.session = self.access = ""
        self.slowest = 0.0

    async def ask(self, method, path, url="", **rest):
        start = time.monotonic()
        answer = await self.client.request(method, (url or self.found.url) + path, **rest)
        self.slowest = max(self.slowest, time.monotonic() - start)
        return answer

    async def enter(self):
        signed_in = (await self.sign_in()).json()
        self.session, self.access = signed_in["session"], signed_in["access_token"]

    async def sign_in(self):
        return await self.ask("POST", "/v1/sign-in", json={"init_data": init_data(self.token, self.person)})

    async def asked(self, what):
        if what == "bot":
            return await self.bot("/me")
        headers = {"Authorization": f"Bearer {self.access}"}
        if what == "sign-in":
            answer = await self.sign_in()
        elif what == "refresh":
            answer = await self.ask("POST", "/v1/sessions/refresh", json={"session": self.session})
        else:
            answer = await self.ask("GET", "/v1/players/me" if what == "player" else "/v1/profile", headers=headers)
        code = answer.json().get("code")
        return f"{answer.status_code} {code}" if code else str(answer.status_code)

    async def all_asked(self):
        """Ask everything at once: where a part is slow, each answer takes two seconds."""
        answers = await asyncio.gather(*(self.asked(what) for what in ASKED))
        return dict(zip(ASKED, answers, strict=True))

    async def bot(self, text):
        url = self.found.urls["telegram"]
        chat = f"{url}/stand-in/chat/{self.person['id']}"
        before = len((await self.client.get(chat)).json())
        await self.client.post(f"{url}/stand-in/say", json={"user": self.person, "text": text})
        start = time.monotonic()
        while len(said := (await self.client.get(chat)).json()) == before:
            assert time.monotonic() - start < 8, "the bot says nothing"
            await asyncio.sleep(0.02)
        return said[before]

    async def state(self, path, but):
        """The services, but one, that answer with another status than 200."""
        urls = {name: self.found.urls[name] for name in SERVICES if name != but}
        answers = await asyncio.gather(*(self.ask("GET", path, url) for url in urls.values()))
        return {name for name, answer in zip(urls, answers, strict=True) if answer.status_code != 200}

    async def well(self):
        try:
            answers = await self.all_asked()
            return all(USUAL[what] in answer for what, answer in answers.items()) and not (
                await self.state("/readyz", None) | await self.state("/health", None)
            )
        except (httpx2.TransportError, AssertionError):
            return False


def named(cell):
    return set() if cell == "all well" else {name.strip("` ") for name in cell.split(",")}


@pytest.mark.parametrize("how", OUTAGES)
@pytest.mark.parametrize("part", PARTS)
async def test_an_outage_has_the_answer_that_the_table_says(tigrit, part, how):
    row = TABLE[part]
    async with httpx2.AsyncClient(timeout=10.0) as client:
        ann = Client(tigrit, client)
        await until_well(ann)
        async with out(tigrit, part, how):
            found = await ann.all_asked()
            sick = await asyncio.gather(ann.state("/health", part), ann.state("/readyz", part))
        since = time.monotonic()
        assert ann.slowest < LONGEST
        judge(row, how, found, sick)
        await until_well(ann)
        assert time.monotonic() - since < BACK


async def until_well(ann):
    until = time.monotonic() + 20
    while True:
        try:
            await ann.enter()
            if await ann.well():
                break
        except (httpx2.TransportError, KeyError):
            pass  # it is not back yet
        assert time.monotonic() < until, "it is not well again"
        await asyncio.sleep(0.02)
    ann.slowest = 0.0


def judge(row, how, found, sick):
    for what, answer in found.items():
        allowed = {row[what].strip("«»"), *([USUAL[what]] if how == "killed" else [])}
        if row[what].startswith("503"):
            allowed |= {OTHER_WORDS.get(how, "503")}
        assert any(words in answer for words in allowed), f"{what}: {answer!r}, the table says {row[what]!r}"
    health, ready = sick
    if how == "killed":
        assert health <= named(row["health"])
        assert ready <= named(row["ready"])
    else:
        assert health == named(row["health"])
        assert ready == named(row["ready"])


def test_the_table_has_every_part():
    assert set(TABLE) == set(PARTS)
