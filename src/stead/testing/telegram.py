"""A stand-in for Telegram's Bot API: real HTTP, for development, stories and tests.

It answers the methods that a bot needs as the published API says, holds messages to Telegram's limits (429 with
`retry_after`), and delivers updates by long polling or to a webhook. What a person would do in the app is done here
under `/stand-in/`:

    POST /stand-in/say    {user, text}              someone writes to the bot
    POST /stand-in/press  {user, data}              someone presses a button of the bot's last message that has some
    GET  /stand-in/chat/{id}                        what the bot wrote to them, oldest first
    POST /stand-in/fault  {method, status, times}   the next answers of a method fail

Source: "Telegram Bot API" and its FAQ, "My bot is hitting limits".
"""

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath, JSONBody

from stead.kit.asgi import ASGIApp
from stead.kit.cleanup import Protected
from stead.kit.health import Health
from stead.kit.settings import ServiceSettings, read
from stead.model import secret, var

A_CHAT_A_SECOND = 1.0  # messages; short bursts pass
BURST = 5
LONGEST_POLL = 50  # seconds


class TelegramSettings(ServiceSettings):
    """What the stand-in is told."""

    telegram_bot_token: str | None = secret(default=None, help="The one token that it accepts; none: any.")
    telegram_a_chat_a_second: float = var(default=A_CHAT_A_SECOND, help="Messages to one chat, on average.")


class UserMessage(msgspec.Struct):
    """Something that a person writes to the bot; `user` as Telegram describes one, with `id` and `first_name`."""

    user: dict[str, Any]
    text: str


class ButtonPress(msgspec.Struct):
    """A button that a person presses, by its `callback_data`."""

    user: dict[str, Any]
    data: str


class Fault(msgspec.Struct):
    """Failures to come. `status` 429 says `retry_after` seconds."""

    method: str
    status: int = 500
    times: int = 1
    retry_after: int = 1


class Refused(Exception):  # noqa: N818 - the API's own word for it is "not ok"
    """An answer that is not ok."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if retry_after is not None:
            self.body["parameters"] = {"retry_after": retry_after}


class Telegram:
    """The chats of one bot."""

    def __init__(self, token: str | None = None, a_chat_a_second: float = A_CHAT_A_SECOND) -> None:
        self.token = token
        self.rate = a_chat_a_second
        self.sent: list[dict[str, Any]] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.asked: Counter[str] = Counter()
        self._updates: list[dict[str, Any]] = []
        self._came = asyncio.Event()
        self._last = int(time.time() * 1000)  # ids only rise, over restarts as well
        self._webhook: dict[str, str] = {}
        self._allowance: dict[int, tuple[float, float]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()

    def send(self, sent: UserMessage) -> int:
        """Someone writes to the bot; return the update's number."""
        self._last += 1
        message = {
            "message_id": self._last,
            "date": int(time.time()),
            "chat": {"id": sent.user["id"], "type": "private", "first_name": sent.user.get("first_name", "")},
            "from": {"is_bot": False, **sent.user},
            "text": sent.text,
        }
        if sent.text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(sent.text.split()[0])}]
        return self._update({"message": message})

    def press(self, pressed: ButtonPress) -> int:
        """Someone presses a button; return the update's number."""
        self._last += 1
        chat = pressed.user["id"]
        shown = next(
            (each for each in reversed(self.sent) if each["chat"]["id"] == chat and "reply_markup" in each), None
        )
        query = {"id": str(self._last), "from": {"is_bot": False, **pressed.user}, "data": pressed.data}
        return self._update({"callback_query": query | ({"message": shown} if shown else {})})

    def _update(self, about: dict[str, Any]) -> int:
        update = {"update_id": self._last, **about}
        if self._webhook:
            task = asyncio.create_task(self._deliver(update))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)
        else:
            self._updates.append(update)
            self._came.set()
        return self._last

    async def call(self, token: str, method: str, given: Mapping[str, Any]) -> Any:
        """Answer one method; Refused when it is not ok."""
        self.asked[method] += 1
        if self.token is not None and token != self.token:
            raise Refused(401, "Unauthorized")
        if self.faults[method]:
            self._fail(method)
        known = {
            "getMe": self._me,
            "getUpdates": self._poll,
            "sendMessage": self._send,
            "editMessageReplyMarkup": self._edit,
            "setWebhook": self._hook,
            "deleteWebhook": self._unhook,
            "getWebhookInfo": self._hooked,
        }
        if method in ("setMyCommands", "sendChatAction", "answerCallbackQuery"):
            return True
        if method not in known:
            raise Refused(404, "Not Found: method not found")
        return await known[method](given)

    def _fail(self, method: str) -> None:
        fault = self.faults[method][0]
        fault.times -= 1
        if fault.times <= 0:
            self.faults[method].popleft()
        if fault.status == 429:
            raise Refused(429, f"Too Many Requests: retry after {fault.retry_after}", fault.retry_after)
        raise Refused(fault.status, "Internal Server Error")

    async def _me(self, _given: Mapping[str, Any]) -> dict[str, Any]:
        number = int((self.token or "1:").partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Stand-in", "username": "stand_in_bot"}

    async def _poll(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        if self._webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(given.get("offset") or 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if not self._updates:
            self._came.clear()
            try:
                async with asyncio.timeout(min(float(given.get("timeout") or 0), LONGEST_POLL)):
                    await self._came.wait()
            except TimeoutError:
                return []
        return self._updates[: int(given.get("limit") or 100)]

    async def _send(self, given: Mapping[str, Any]) -> dict[str, Any]:
        text, chat = str(given.get("text") or ""), int(given.get("chat_id") or 0)
        if not text:
            raise Refused(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        self._allow(chat)
        self._last += 1
        message = {
            "message_id": self._last,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private"},
            "text": text,
        }
        if "reply_markup" in given:
            message["reply_markup"] = given["reply_markup"]
        self.sent.append(message)
        return message

    async def _edit(self, given: Mapping[str, Any]) -> dict[str, Any]:
        chat, number = int(given.get("chat_id") or 0), int(given.get("message_id") or 0)
        found = [each for each in self.sent if (each["chat"]["id"], each["message_id"]) == (chat, number)]
        if not found:
            raise Refused(400, "Bad Request: message to edit not found")
        if found[0].get("reply_markup") == given.get("reply_markup"):
            raise Refused(400, "Bad Request: message is not modified")
        found[0]["reply_markup"] = given.get("reply_markup")
        return found[0]

    def _allow(self, chat: int) -> None:
        """Hold a chat to its limit: a bucket of `BURST` messages that fills slowly."""
        now = time.monotonic()
        left, since = self._allowance.get(chat, (float(BURST), now))
        left = min(BURST, left + (now - since) * self.rate)
        if left < 1:
            self._allowance[chat] = (left, now)
            wait = int((1 - left) / self.rate) + 1
            raise Refused(429, f"Too Many Requests: retry after {wait}", wait)
        self._allowance[chat] = (left - 1, now)

    async def _hook(self, given: Mapping[str, Any]) -> bool:
        self._webhook = {"url": str(given["url"]), "secret": str(given.get("secret_token") or "")}
        return True

    async def _unhook(self, _given: Mapping[str, Any]) -> bool:
        self._webhook = {}
        return True

    async def _hooked(self, _given: Mapping[str, Any]) -> dict[str, Any]:
        return {"url": self._webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}

    async def _deliver(self, update: dict[str, Any]) -> None:
        """Send an update to the webhook until it is taken, as Telegram does, for a while."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._webhook["secret"]}
        secure = self._webhook["url"].startswith("https:")  # certificates take long to load, and plain HTTP needs none
        async with Protected(httpx2.AsyncClient(timeout=5.0, trust_env=False, verify=secure)) as client:
            for _ in range(60):
                try:
                    answer = await client.post(self._webhook["url"], json=update, headers=headers)
                    if answer.is_success:
                        return
                except httpx2.TransportError:
                    pass  # it may be starting; the next try tells
                await asyncio.sleep(0.5)


def app(telegram: Telegram) -> Litestar:
    """Return the Bot API as an ASGI app."""

    async def called(request: Request[Any, Any, Any], bot: FromPath[str], method: FromPath[str]) -> Response[Any]:
        try:
            given = {**request.query_params, **await _given(request)}
            result = await telegram.call(bot.removeprefix("bot"), method, given)
        except Refused as refused:
            return Response(refused.body, status_code=refused.status)
        return Response({"ok": True, "result": result}, status_code=200)

    @get("/{bot:str}/{method:str}")
    async def asked(request: Request[Any, Any, Any], bot: FromPath[str], method: FromPath[str]) -> Response[Any]:
        return await called(request, bot, method)

    @post("/{bot:str}/{method:str}")
    async def called_by_get(
        request: Request[Any, Any, Any], bot: FromPath[str], method: FromPath[str]
    ) -> Response[Any]:
        return await called(request, bot, method)

    @post("/stand-in/say")
    async def send(data: JSONBody[UserMessage]) -> dict[str, int]:
        return {"update_id": telegram.send(data)}

    @get("/stand-in/chat/{chat:int}")
    async def chat(chat: FromPath[int]) -> list[str]:
        return [message["text"] for message in telegram.sent if message["chat"]["id"] == chat]

    @post("/stand-in/fault")
    async def fault(data: JSONBody[Fault]) -> None:
        telegram.faults[data.method].append(data)

    handlers = [asked, called_by_get, send, _press(telegram), chat, fault]
    return Litestar(handlers, logging_config=None, openapi_config=None)


def _press(telegram: Telegram) -> Any:
    @post("/stand-in/press")
    async def press(data: JSONBody[ButtonPress]) -> dict[str, int]:
        return {"update_id": telegram.press(data)}

    return press


async def _given(request: Request[Any, Any, Any]) -> dict[str, Any]:
    if request.content_type[0] == "application/json":
        return dict(await request.json() or {})
    return dict(await request.form()) if request.method == "POST" else {}


def create() -> ASGIApp:
    """Return the stand-in as a service of a backend: with the health contract, without boundary; only for dev."""
    settings = read(TelegramSettings)
    inner: Any = app(Telegram(settings.telegram_bot_token, settings.telegram_a_chat_a_second))
    return Health(inner, settings)
