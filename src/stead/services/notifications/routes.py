"""Notifications: what services send, what users choose, updates of the bot, and dead letters."""

import secrets
from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from litestar import Request, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem, unauthenticated
from stead.kit.live_setting import LiveSetting
from stead.kit.user import User
from stead.model.user_id import is_user_id
from stead.services.notifications.bot import Bot, Update
from stead.services.notifications.contract import Contact, Locale, Notification
from stead.services.notifications.rules import Channel, Digest, digest, unsubscribed
from stead.services.notifications.sender import QUERIES, Sender
from stead.services.notifications.templates import KINDS, fields_of, render

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
CODE_SECONDS = 900
Language = Annotated[Locale, QueryParameter(description="The language of the texts.")]


class Preference(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a kind of message is sent by a channel."""

    kind: str
    channel: Channel
    enabled: bool


class UserSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A user's preferences. Between `quiet_from` and `quiet_to` only required kinds are sent.

    digest  `hour`, `day`: news and the like come as one message, at the full hour or at nine in the morning
    """

    preferences: Annotated[list[Preference], Meta(max_length=64)] = []
    quiet_from: time | None = None
    quiet_to: time | None = None
    timezone: Annotated[str, Meta(max_length=64)] = "Europe/Moscow"
    locale: Locale = "ru"
    digest: Digest = "none"

    def __post_init__(self) -> None:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("give both of `quiet_from` and `quiet_to`, or neither")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("`timezone` must be a name of the IANA database") from None


class TelegramLink(Struct, frozen=True):
    """A link that opens the bot and links the chat to the user, once, for 15 minutes."""

    url: str


class Preview(Struct, frozen=True):
    """A message as its template gives it."""

    subject: str
    text: str


class DeadLetter(Struct, frozen=True):
    """A message that could not be sent."""

    id: UUID
    user_id: str
    kind: str
    channel: str
    reason: str | None
    tries: int
    created_at: datetime


class DeadLetters(Struct, frozen=True):
    """Dead letters, newest first; one hundred at the most."""

    messages: list[DeadLetter]


@post("/v1/internal/notifications", status_code=202)
async def send(data: JSONBody[Notification], sender: Sender, database: Database) -> None:
    """Leave a message to be sent; the same key of a user again sends nothing more."""
    if data.kind not in KINDS:
        raise HttpProblem(404, "unknown_kind", f"No such kind of message; the kinds are {', '.join(sorted(KINDS))}.")
    if lacking := sorted(fields_of(data.kind) - data.data.keys()):
        raise HttpProblem(422, "invalid_body", f"The template of {data.kind} needs {', '.join(lacking)} in `data`.")
    await database.run(lambda connection: sender.keep(connection, data))


@put("/v1/internal/contacts/{user_id:str}", status_code=204)
async def put_contact(user_id: FromPath[str], data: JSONBody[Contact], database: Database) -> None:
    """Set a user's contact."""
    _check_user(user_id)
    async with database.connection() as connection:
        values = {"user": user_id, "email": data.email, "phone": data.phone, "locale": data.locale}
        await connection.execute(QUERIES["put_contact"], values)


@delete("/v1/internal/contacts/{user_id:str}")
async def forget(user_id: FromPath[str], database: Database) -> None:
    """Delete a user's contact, preferences and messages."""
    _check_user(user_id)

    async def work(connection: Connection) -> None:
        for query in ("forget_contact", "forget_preferences", "forget_messages", "forget_codes"):
            await connection.execute(QUERIES[query], {"user": user_id})

    await database.run(work)


@post("/v1/telegram/updates", status_code=204)
async def update(request: Request[Any, Any, Any], body: bytes, bot: Bot | None) -> None:
    """Take an update from Telegram."""
    if bot is None:
        raise unauthenticated()
    bot.verify(request.headers.get(SECRET, ""))
    try:
        data = msgspec.json.decode(body, type=Update)
    except msgspec.MsgspecError:
        raise HttpProblem(422, "invalid_body", "The body is not an update of Telegram.") from None
    await bot.take(data)


@post("/v1/unsubscriptions/{token:str}", status_code=204)
async def unsubscribe(token: FromPath[str], database: Database, link_secret: LiveSetting) -> None:
    """Switch one kind of message off, by the signed link of a mail (RFC 8058)."""
    found = unsubscribed(link_secret.values, token)
    if found is None or found[1] not in KINDS:
        raise HttpProblem(422, "invalid_link", "The link was altered; use the one in the mail as it is.")
    async with database.connection() as connection:
        values = {"user": found[0], "kind": found[1], "channel": "email", "enabled": False}
        await connection.execute(QUERIES["put_preference"], values)


@get("/v1/notifications/settings")
async def settings(user: User, database: Database) -> UserSettings:
    """Return what I have chosen."""
    async with database.connection() as connection:
        return await _settings(connection, user.id)


@put("/v1/notifications/settings")
async def put_settings(data: JSONBody[UserSettings], user: User, database: Database) -> UserSettings:
    """Choose which kinds are sent by which channel, and when it is quiet."""
    for each in data.preferences:
        if each.kind not in KINDS or KINDS[each.kind].required:
            raise HttpProblem(422, "invalid_body", f"{each.kind[:40]!r} is not a kind that can be disabled.")

    async def work(connection: Connection) -> UserSettings:
        chosen = {name: getattr(data, name) for name in ("quiet_from", "quiet_to", "timezone", "locale", "digest")}
        await connection.execute(QUERIES["put_settings"], {"user": user.id, **chosen})
        for each in data.preferences:
            await connection.execute(QUERIES["put_preference"], {"user": user.id, **msgspec.structs.asdict(each)})
        return await _settings(connection, user.id)

    return await database.run(work)


@post("/v1/notifications/telegram-links")
async def link_telegram(user: User, database: Database, bot_name: str) -> TelegramLink:
    """Create a link that opens the bot and connects the chat with me."""
    code = secrets.token_urlsafe(24)
    async with database.connection() as connection:
        values = {"digest": digest(code), "user": user.id, "seconds": CODE_SECONDS}
        await connection.execute(QUERIES["add_code"], values)
    return TelegramLink(f"https://t.me/{bot_name}?start={code}")


@get("/v1/notifications/templates/{kind:str}")
async def template(kind: FromPath[str], locale: Language = "ru") -> Preview:
    """Preview a kind of message, with the names of its data instead of values."""
    if kind not in KINDS:
        raise HttpProblem(404, "unknown_kind", "No such kind of message.")
    shown = render(kind, locale, {name: f"{{{name}}}" for name in fields_of(kind)})
    return Preview(shown.subject, shown.text)


@get("/v1/notifications/dead-letters")
async def dead_letters(database: Database) -> DeadLetters:
    """List the messages that could not be sent."""
    async with database.connection() as connection:
        rows = await (await connection.execute(QUERIES["dead"])).fetchall()
    names = ("id", "user_id", "kind", "channel", "reason", "tries", "created_at")
    return DeadLetters([DeadLetter(*(row[name] for name in names)) for row in rows])


@post("/v1/notifications/dead-letters/{message_id:uuid}/retry", status_code=202)
async def retry(message_id: FromPath[UUID], database: Database, sender: Sender) -> None:
    """Send a dead letter again."""
    if await database.run(lambda connection: sender.retry(connection, message_id)) is None:
        raise HttpProblem(404, "unknown_message", "No such dead letter.")


async def _settings(connection: Connection, user: str) -> UserSettings:
    contact = await (await connection.execute(QUERIES["contact"], {"user": user})).fetchone()
    rows = await (await connection.execute(QUERIES["preferences"], {"user": user})).fetchall()
    preferences = [Preference(row["kind"], row["channel"], row["enabled"]) for row in rows]
    if contact is None:
        return UserSettings(preferences)
    names = ("quiet_from", "quiet_to", "timezone", "locale", "digest")
    return UserSettings(preferences, *(contact[name] for name in names))


def _check_user(user_id: str) -> None:
    if not is_user_id(user_id):
        raise HttpProblem(422, "invalid_parameter", "The user id is malformed.")


INTERNAL = (send, put_contact, forget)
USERS = (settings, put_settings, link_telegram, unsubscribe)
ADMINS = (template, dead_letters, retry)
HANDLERS = (*INTERNAL, *USERS, *ADMINS, update)
