"""The bot: `/start <code>` links a chat to a user, `/settings` says what is sent, everything else gets the help.

Updates come by webhook, or by long polling where no webhook is set.
"""

import asyncio
import hmac
import logging
from typing import Any

from msgspec import Struct

from stead.kit.database import Database
from stead.kit.http_problem import unauthenticated
from stead.kit.live_setting import LiveSetting
from stead.services.notifications.channels import Blocked, Postponed, Rejected, Telegram
from stead.services.notifications.rules import digest
from stead.services.notifications.sender import QUERIES
from stead.services.notifications.templates import KINDS

POLL = 20  # seconds that Telegram waits with an answer
PAUSE = 1.0  # seconds after a failure

HELP = "Команды: /start <код> — связать чат, /settings — что приходит, /help — помощь."
LINKED = "Готово: сообщения будут приходить сюда."
BAD_CODE = "Код не подошёл: он действует 15 минут и один раз."
UNKNOWN = "Этот чат ещё не связан. Возьмите ссылку в профиле."

logger = logging.getLogger(__name__)


class Chat(Struct):
    """A chat; `type` is `private` where a person writes."""

    id: int
    type: str = "private"


class Message(Struct):
    """What someone wrote."""

    chat: Chat
    text: str = ""


class Update(Struct):
    """An update of Telegram's, as far as the bot reads it."""

    update_id: int
    message: Message | None = None


class Bot:
    """Takes updates; a part of the service that polls for them where there is no webhook."""

    name = "telegram bot"
    required = False

    def __init__(self, database: Database, telegram: Telegram, *, webhook: str | None, secret: LiveSetting) -> None:
        self._database = database
        self._telegram = telegram
        self._webhook = webhook
        self._secret = secret
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._announce() if self._webhook else self._poll(), name=self.name)

    async def close(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def check(self) -> None:
        if self._task is None or (self._task.done() and not self._webhook):
            raise RuntimeError("the bot does not listen")

    def verify(self, shown: str) -> None:
        """Refuse with 401 who does not show the secret that Telegram was given."""
        known = [hmac.compare_digest(shown.encode(), each.encode()) for each in self._secret.values if each]
        if not any(known):
            raise unauthenticated()

    async def take(self, update: Update) -> None:
        """Answer an update; one that cannot be answered now is logged, and not tried again."""
        message = update.message
        if message is None or message.chat.type != "private":
            return
        try:
            await self._telegram.call("sendMessage", {"chat_id": message.chat.id, "text": await self._reply(message)})
        except (Postponed, Blocked, Rejected, ConnectionError) as error:
            logger.warning("the bot could not answer", extra={"error": str(error)})

    async def _reply(self, message: Message) -> str:
        command, _, rest = message.text.partition(" ")
        if command == "/start" and rest.strip():
            return await self._link(rest.strip(), message.chat.id)
        if command in ("/start", "/settings"):
            return await self._settings(message.chat.id)
        return HELP

    async def _link(self, code: str, chat: int) -> str:
        async with self._database.transaction() as connection:
            row = await (await connection.execute(QUERIES["use_code"], {"digest": digest(code)})).fetchone()
            if row is None or not row["good"]:
                return BAD_CODE
            await connection.execute(QUERIES["unlink_chat"], {"chat": chat})
            await connection.execute(QUERIES["link_chat"], {"user": row["user_id"], "chat": chat})
        return LINKED

    async def _settings(self, chat: int) -> str:
        async with self._database.connection() as connection:
            contact = await (await connection.execute(QUERIES["contact_of_chat"], {"chat": chat})).fetchone()
            if contact is None:
                return UNKNOWN
            await connection.execute(QUERIES["telegram_off"], {"chat": chat, "off": False})
            user = {"user": contact["user_id"]}
            rows = await (await connection.execute(QUERIES["preferences"], user)).fetchall()
        off = {row["kind"] for row in rows if row["channel"] == "telegram" and not row["enabled"]}
        lines = [f"{'✗' if name in off else '✓'} {kind.texts['ru'][0]}" for name, kind in KINDS.items()]
        return "\n".join(lines)

    async def _announce(self) -> None:
        """Say to Telegram where updates go, for as long as it takes, and again when the secret is another one."""
        announced = None
        while True:
            secret = self._secret.values[0]
            if secret != announced and await self._registered({"url": self._webhook, "secret_token": secret}):
                announced = secret
            await asyncio.sleep(PAUSE)

    async def _registered(self, hook: dict[str, Any]) -> bool:
        try:
            return bool(await self._telegram.call("setWebhook", hook))
        except (Postponed, Blocked, Rejected, ConnectionError) as error:
            logger.warning("no webhook yet", extra={"error": str(error)})
            return False

    async def _poll(self) -> None:
        offset = 0
        while True:
            try:
                asked = {"offset": offset, "timeout": POLL}
                found = await self._telegram.call("getUpdates", asked, seconds=POLL + 5)
                for each in found:
                    offset = each["update_id"] + 1
                    await self.take(_update(each))
            except Exception as error:  # noqa: BLE001 - whatever it was, the bot goes on listening
                logger.warning("the bot listens again in a moment", extra={"error": f"{type(error).__name__}"})
                await asyncio.sleep(PAUSE)


def _update(data: dict[str, Any]) -> Update:
    message = data.get("message") or {}
    chat = message.get("chat") or {}
    shown = Message(Chat(int(chat["id"]), str(chat.get("type", ""))), str(message.get("text", ""))) if chat else None
    return Update(int(data["update_id"]), shown)
