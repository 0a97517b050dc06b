"""Invitations: a signed word that says who sent it, good for a week.

The key is the secrets service's, read at first use and kept: when that service is down, known invitations still work.
"""

import time

import jwt

from stead.services.secrets.contract import SecretsClient

LIFE = 7 * 86_400
KEPT = 300.0  # seconds after which the key is asked for again
ALGORITHM = "HS256"
KEY = "JWT_SECRET"


class Invitations:
    """Makes and reads invitations."""

    def __init__(self, vault: SecretsClient) -> None:
        self._vault = vault
        self._key = ""
        self._asked = float("-inf")

    async def make(self, user_id: str) -> str:
        claims = {"sub": user_id, "aud": "invitation", "exp": int(time.time()) + LIFE}
        return jwt.encode(claims, await self._current(), ALGORITHM)

    async def sender(self, invitation: str | None) -> str | None:
        """Return who sent it; None when it does not hold: a bad invitation keeps nobody from playing."""
        if invitation is None:
            return None
        try:
            claims = jwt.decode(invitation, await self._current(), [ALGORITHM], audience="invitation")
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"])

    async def _current(self) -> str:
        from stead.kit.service_client import CallRefused, CallUnavailable

        if time.monotonic() - self._asked > KEPT:
            try:
                self._key = (await self._vault.read(KEY)).value
                self._asked = time.monotonic()
            except (CallUnavailable, CallRefused):
                if not self._key:
                    raise
        return self._key
