"""What the bot does with what it is told: pure of Telegram, so that it can be tried without.

A user is ensured before anything is written down. While that is impossible, the bot says so and writes nothing; the
next message after the game is back is written again.
"""

import logging
from dataclasses import dataclass
from uuid import uuid4

from interactions.store import Interactions
from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused, CallUnavailable
from stead.services.auth.contract import AuthClient, Ensure
from stead.services.sessions.contract import Invalidation, NewSession, SessionsClient
from tigrit_bot import words

logger = logging.getLogger(__name__)

METHOD = "telegram"


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody said something."""

    update_id: int
    user_id: str
    name: str
    text: str


class Talk:
    """Answers what is said."""

    def __init__(self, auth: AuthClient, sessions: SessionsClient, interactions: Interactions) -> None:
        self._auth, self._sessions, self._interactions = auth, sessions, interactions

    async def answer(self, heard: Heard) -> str:
        """Return what to say; whatever is down, there is an answer."""
        try:
            await self._auth.ensure(Ensure(heard.user_id, METHOD, heard.name))
        except (CallUnavailable, CallRefused) as error:
            logger.warning("nobody can be ensured: %s", error, extra={"update_id": heard.update_id})
            return words.GAME_DOWN
        try:
            await self._interactions.note(heard.update_id, heard.user_id, heard.text)
            return await self._say(heard)
        except (HttpProblem, CallRefused) as error:
            logger.warning("no answer can be given: %s", error, extra={"update_id": heard.update_id})
            return words.TRY_LATER

    async def _say(self, heard: Heard) -> str:
        command = heard.text.split(maxsplit=1)[0].partition("@")[0] if heard.text.strip() else ""
        match command:
            case "/start":
                await self._sessions.create(NewSession(heard.user_id, METHOD, device="bot"), key=uuid4().hex)
                return words.GREETING.format(name=heard.name)
            case "/me":
                return words.ME.format(name=heard.name, user_id=heard.user_id, sessions=await self._count(heard))
            case "/logout":
                await self._sessions.invalidate(Invalidation(user_id=heard.user_id, scope="all"))
                return words.SIGNED_OUT
        return words.HEARD

    async def _count(self, heard: Heard) -> str:
        try:
            return str(len((await self._sessions.of_user(heard.user_id)).sessions))
        except CallUnavailable:
            return words.UNKNOWN
