"""The story of Tigrit: a player in the mini app, a talk with the bot, and the game that stops in the middle of it.

The client is a Mini App with initData as Telegram signs it, and somebody who writes to the bot. Ids are new in each
run.
"""

import secrets
from typing import Any

from stead.ops.story_context import Person, StoryContext, StoryError
from stead.testing.init_data import init_data, person

DOWN = "Сервис игры временно недоступен"


async def story(context: StoryContext) -> None:
    """Sign in, use a session up, talk to the bot, stop the game and start it again."""
    token = context.secret("secrets", "TELEGRAM_BOT_TOKEN")
    ann = person(10**9 + secrets.randbelow(10**9), "Аня")
    await is_not_believed(context, ann)
    signed_in = await signs_in(context, ann, token)
    newer = await uses_the_session(context, signed_in)
    await signs_out_everywhere(context, ann, token, newer)
    await talks_to_the_bot(context, ann, token)


async def is_not_believed(context: StoryContext, ann: dict[str, Any]) -> None:
    async with context.step("somebody signs initData with another bot's token, and is refused"):
        await sign_in(context, init_data("1:another", ann), expect=401)


async def signs_in(context: StoryContext, ann: dict[str, Any], token: str) -> dict[str, Any]:
    async with context.step("Аня opens the mini app and is signed in by its initData"):
        shown = init_data(token, ann)
        signed_in = await sign_in(context, shown)
        expect(signed_in["user_id"] == str(ann["id"]), f"she is {signed_in['user_id']}")
        player = await context.bearer(signed_in["access_token"]).get("/v1/players/me")
        expect(player["name"] == "Аня", f"the player is {player}")
    async with context.step("the same initData shown again by somebody else is refused"):
        await sign_in(context, shown, expect=401)
    return dict(signed_in)


async def uses_the_session(context: StoryContext, signed_in: dict[str, Any]) -> dict[str, Any]:
    async with context.step("her session gets a new access token, and a longer life"):
        again = await refresh(context, signed_in["session"])
        sessions = await context.bearer(again["access_token"]).get("/v1/sessions")
        expect(len(sessions["sessions"]) == 1, f"there are {len(sessions['sessions'])} sessions")
    async with context.step("the session is rotated: the new one works, and so does the old for a moment"):
        rotated = await refresh(context, signed_in["session"], rotate=True)
        expect(rotated["session"] != signed_in["session"], "the session is another one")
        await refresh(context, signed_in["session"])
        await refresh(context, rotated["session"])
    return dict(rotated)


async def signs_out_everywhere(context: StoryContext, ann: dict[str, Any], token: str, newer: dict[str, Any]) -> None:
    async with context.step("she signs in on a second device, and out everywhere: neither session holds any more"):
        second = await sign_in(context, init_data(token, ann))
        await context.bearer(second["access_token"]).post("/v1/sign-out", expect=204)
        for session in (newer["session"], second["session"]):
            await refresh(context, session, expect=401)


async def talks_to_the_bot(context: StoryContext, ann: dict[str, Any], token: str) -> None:
    telegram = context.outside("telegram")
    async with context.step("she writes to the bot, and it knows her"):
        await hears(context, telegram, ann, "/start", "Привет, Аня!")
        await hears(context, telegram, ann, "/me", "Открытых сессий: 1")
    async with context.step("the game stops: the bot says so, and writes nothing down"), context.without("game"):
        await hears(context, telegram, ann, "а сейчас?", DOWN)
    async with context.step("the game is back: the bot answers and writes down again"):
        await context.eventually(lambda: answers(context, telegram, ann), "the bot answers again")
    async with context.step("the mini app shows what was written, without what was not"):
        again = await sign_in(context, init_data(token, ann))
        spoken = (await context.bearer(again["access_token"]).get("/v1/interactions"))["interactions"]
        said = {each["text"] for each in spoken}
        expect({"/start", "/me", "снова?"} <= said and "а сейчас?" not in said, f"written: {said}")
    async with context.step("she signs out by the bot, and her session in the mini app ends as well"):
        await hears(context, telegram, ann, "/logout", "вышел")
        await refresh(context, again["session"], expect=401)


async def hears(context: StoryContext, telegram: Person, who: dict[str, Any], text: str, expected: str) -> None:
    """Say something to the bot, and wait for the answer."""
    before = len(await chat(telegram, who))
    await telegram.post("/stand-in/say", {"user": who, "text": text})

    async def answered() -> bool:
        return len(await chat(telegram, who)) > before

    await context.eventually(answered, f"the bot answers {text!r}")
    answer = (await chat(telegram, who))[before]
    expect(expected in answer, f"the bot answered {text!r} with {answer!r}")


async def answers(context: StoryContext, telegram: Person, who: dict[str, Any]) -> bool:
    try:
        await hears(context, telegram, who, "снова?", "Я понимаю только команды")
    except StoryError:
        return False
    return True


async def chat(telegram: Person, who: dict[str, Any]) -> list[str]:
    return list(await telegram.get(f"/stand-in/chat/{who['id']}"))


async def sign_in(context: StoryContext, shown: str, expect: int = 200) -> dict[str, Any]:
    return dict(await context.anonymous().post("/v1/sign-in", {"init_data": shown}, expect=expect))


async def refresh(context: StoryContext, session: str, *, rotate: bool = False, expect: int = 200) -> dict[str, Any]:
    body = {"session": session, "rotate": rotate}
    return dict(await context.anonymous().post("/v1/sessions/refresh", body, expect=expect))


def expect(holds: bool, saying: str) -> None:
    if not holds:
        raise StoryError(f"not so: {saying}")
