"""Telegram's webhook."""

import hmac
from typing import Any

from aiogram.types import Update
from litestar import Request, post
from pydantic import ValidationError

from stead.kit.http_problem import HttpProblem, unauthenticated
from tigrit_bot.telegram import Telegram

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name


@post("/v1/telegram/updates", status_code=204)
async def update(request: Request[Any, Any, Any], body: bytes, telegram: Telegram, webhook_secret: str) -> None:
    """Take an update from Telegram; without the secret that Telegram was given, it is somebody else."""
    shown = request.headers.get(SECRET, "")
    if not webhook_secret or not hmac.compare_digest(shown.encode(), webhook_secret.encode()):
        raise unauthenticated()
    try:
        taken = Update.model_validate_json(body)
    except ValidationError:
        raise HttpProblem(422, "invalid_body", "This is no update of Telegram's.") from None
    await telegram.take(taken)


HANDLERS = (update,)
