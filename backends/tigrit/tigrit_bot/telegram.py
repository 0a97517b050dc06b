"""Telegram, by aiogram: updates by long polling or by webhook, answers within Telegram's limits.

Messages to one chat leave in order, one at a time; when Telegram says `retry_after`, that chat waits for as long, and
the others do not.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.types import Message, TelegramObject, Update

from tigrit_bot.talk import Heard, Talk

logger = logging.getLogger(__name__)

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

TRIES = 5
LONGEST_WAIT = 60.0  # seconds; who is told to wait longer is not answered any more
CHATS = 4096  # locks that are kept


class Telegram:
    """A part of the service: the bot's side of Telegram."""

    name = "telegram"

    def __init__(self, token: str, api: str, talk: Talk, *, webhook: str | None, secret: str | None) -> None:
        self._token, self._api, self._talk = token, api, talk
        self._webhook, self._secret = webhook, secret
        self._dispatcher = Dispatcher()
        self._dispatcher.update.outer_middleware.register(_pass)
        self._dispatcher.message.register(self._hear)
        self._chats: OrderedDict[int, asyncio.Lock] = OrderedDict()
        self._bot: Bot | None = None
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._bot = Bot(self._token, session=AiohttpSession(api=TelegramAPIServer.from_base(self._api)))
        self._listening = asyncio.create_task(self._listen(self._bot))

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        if self._bot:
            await self._bot.session.close()

    async def check(self) -> None:
        """Raise when nobody listens. That Telegram cannot be reached is no reason to be taken out of service."""
        if self._listening is None or (self._webhook is None and self._listening.done()):
            raise RuntimeError("the bot does not listen")

    async def take(self, update: Update) -> None:
        """Take an update that came by the webhook."""
        assert self._bot
        await self._dispatcher.feed_update(self._bot, update)

    async def _listen(self, bot: Bot) -> None:
        """Say how updates shall come, as soon as Telegram can be reached; then take them, where they are fetched."""
        wait = 0.1
        while True:
            try:
                if self._webhook:
                    await bot.set_webhook(self._webhook, secret_token=self._secret)
                    return
                await bot.delete_webhook()
                break
            except TelegramAPIError as error:
                logger.warning("telegram cannot be reached: %s", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
        await self._dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)

    async def _hear(self, message: Message, event_update: Update) -> None:
        if message.from_user is None or message.text is None:
            return
        said = Heard(event_update.update_id, str(message.from_user.id), message.from_user.full_name, message.text)
        async with self._lock(message.chat.id):
            await self._send(message, await self._talk.answer(said))

    async def _send(self, message: Message, text: str) -> None:
        for turn in range(TRIES):
            try:
                await message.answer(text)
            except TelegramRetryAfter as told:
                if told.retry_after > LONGEST_WAIT:
                    break
                await asyncio.sleep(told.retry_after)
            except (TelegramNetworkError, TelegramServerError):
                await asyncio.sleep(0.2 * 2**turn)
            else:
                return
        logger.error("an answer could not be sent", extra={"chat": message.chat.id})

    def _lock(self, chat: int) -> asyncio.Lock:
        lock = self._chats.setdefault(chat, asyncio.Lock())
        self._chats.move_to_end(chat)
        while len(self._chats) > CHATS and not next(iter(self._chats.values())).locked():
            self._chats.popitem(last=False)
        return lock


async def _pass(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Let what goes wrong with one update spoil that update alone."""
    try:
        return await handler(event, data)
    except TelegramAPIError as error:
        logger.error("an update was not answered: %s", type(error).__name__)  # noqa: TRY400 - its text may hold the token
