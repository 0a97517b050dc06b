"""The bot: `/start <code>` links a chat to a user, `/settings` shows what is sent, with a button to switch each kind on
or off by each channel; everything else gets the help.

Updates come by webhook, or by long polling where no webhook is set.
"""

import asyncio
import hmac
import logging
from typing import Any

import msgspec
from msgspec import Struct

from stead.kit.database import Database
from stead.kit.http_problem import unauthenticated
from stead.kit.live_setting import LiveSetting
from stead.services.notifications import bot_settings
from stead.services.notifications.channels import Blocked, Postponed, Rejected, Telegram
from stead.services.notifications.rules import digest
from stead.services.notifications.sender import QUERIES

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
    message_id: int = 0


class Press(Struct):
    """A button of the bot's message was pressed (CallbackQuery)."""

    id: str
    data: str = ""
    message: Message | None = None


class Update(Struct):
    """An update of Telegram's, as far as the bot reads it."""

    update_id: int
    message: Message | None = None
    callback_query: Press | None = None


class Bot:
    """Receives updates; a component that polls for them without a webhook."""

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
        """Refuse a request without the webhook's secret with 401."""
        known = [hmac.compare_digest(shown.encode(), each.encode()) for each in self._secret.values if each]
        if not any(known):
            raise unauthenticated()

    async def take(self, update: Update) -> None:
        """Answer an update; one that cannot be answered now is logged, and not tried again."""
        try:
            if update.message is not None and update.message.chat.type == "private":
                await self._answer(update.message)
            elif update.callback_query is not None:
                await self._press(update.callback_query)
        except (Postponed, Blocked, Rejected, ConnectionError) as error:
            logger.warning("the bot could not answer", extra={"error": str(error)})

    async def _answer(self, message: Message) -> None:
        await self._telegram.call("sendMessage", {"chat_id": message.chat.id, **await self._reply(message)})

    async def _press(self, press: Press) -> None:
        """Switch what the button says for the user of the chat, and show it; a button that is not ours does nothing."""
        message, switch = press.message, bot_settings.switch_of(press.data)
        if message is not None and message.chat.type == "private" and switch is not None:
            shown = await self._switch(message.chat.id, switch)
            if shown is not None:
                about = {"chat_id": message.chat.id, "message_id": message.message_id}
                await self._telegram.call("editMessageReplyMarkup", {**about, "reply_markup": shown})
        await self._telegram.call("answerCallbackQuery", {"callback_query_id": press.id})

    async def _switch(self, chat: int, switch: bot_settings.Switch) -> dict[str, Any] | None:
        """Keep what was chosen, and return the keyboard as it is now; None when the chat is not linked."""
        async with self._database.transaction() as connection:
            contact = await (await connection.execute(QUERIES["contact_of_chat"], {"chat": chat})).fetchone()
            if contact is None:
                return None
            user = {"user": contact["user_id"]}
            await connection.execute(QUERIES["put_preference"], {**user, **switch._asdict()})
            rows = await (await connection.execute(QUERIES["preferences"], user)).fetchall()
        return bot_settings.keyboard(contact, rows)

    async def _reply(self, message: Message) -> dict[str, Any]:
        command, _, rest = message.text.partition(" ")
        if command == "/start" and rest.strip():
            return {"text": await self._link(rest.strip(), message.chat.id)}
        if command in ("/start", "/settings"):
            return await self._settings(message.chat.id)
        return {"text": HELP}

    async def _link(self, code: str, chat: int) -> str:
        async with self._database.transaction() as connection:
            row = await (await connection.execute(QUERIES["use_code"], {"digest": digest(code)})).fetchone()
            if row is None or not row["good"]:
                return BAD_CODE
            await connection.execute(QUERIES["unlink_chat"], {"chat": chat})
            await connection.execute(QUERIES["link_chat"], {"user": row["user_id"], "chat": chat})
        return LINKED

    async def _settings(self, chat: int) -> dict[str, Any]:
        async with self._database.connection() as connection:
            contact = await (await connection.execute(QUERIES["contact_of_chat"], {"chat": chat})).fetchone()
            if contact is None:
                return {"text": UNKNOWN}
            await connection.execute(QUERIES["telegram_off"], {"chat": chat, "off": False})
            user = {"user": contact["user_id"]}
            rows = await (await connection.execute(QUERIES["preferences"], user)).fetchall()
        return {"text": bot_settings.title(contact["locale"]), "reply_markup": bot_settings.keyboard(contact, rows)}

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
                values = {"offset": offset, "timeout": POLL}
                found = await self._telegram.call("getUpdates", values, seconds=POLL + 5)
                for each in found:
                    offset = each["update_id"] + 1
                    await self.take(msgspec.convert(each, Update))
            except Exception as error:  # noqa: BLE001 - whatever it was, the bot goes on listening
                logger.warning("the bot will retry soon", extra={"error": f"{type(error).__name__}"})
                await asyncio.sleep(PAUSE)
