"""What the game answers."""

import logging
from hashlib import sha256
from uuid import uuid4

from litestar import get, post
from litestar.params import JSONBody

from game.contract import Invited, Player, SignedIn, SignIn
from game.invitations import Invitations
from game.players import Players
from stead.kit.http_problem import unauthenticated
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.service_client import CallRefused
from stead.kit.user import User
from stead.services.auth.contract import AuthClient, Ensure, Ensured, Verified
from stead.services.sessions.contract import Invalidation, NewSession, SessionsClient

logger = logging.getLogger(__name__)


@post("/v1/sign-in", status_code=200)
async def sign_in(
    data: JSONBody[SignIn],
    attempt: IdempotencyKey,
    auth: AuthClient,
    sessions: SessionsClient,
    players: Players,
    invitations: Invitations,
) -> SignedIn:
    """Verify initData with auth, make the player, begin a session: a new one at every sign-in.

    With an Idempotency-Key, a sign-in whose answer was lost may be tried again; without one, initData is good for one
    try.
    """
    key = attempt.key or uuid4().hex
    verified = await _verified(auth, data.init_data, key)
    inviter = await invitations.sender(data.invitation)
    await players.ensure(Ensure(verified.user_id, verified.method, verified.name), inviter)
    issued = await sessions.create(NewSession(verified.user_id, verified.method), key=_mark(verified.user_id, key))
    access = await sessions.exchange(issued.session)
    return SignedIn(verified.user_id, issued.session, access.access_token, access.expires_at)


async def _verified(auth: AuthClient, init_data: str, key: str) -> Verified:
    try:
        return await auth.verify_init_data(init_data, key=key)
    except CallRefused as refused:
        if refused.status != 401:
            raise
        logger.info("refused a sign-in")  # auth's log says why
        raise unauthenticated() from None


def _mark(user_id: str, key: str) -> str:
    """Return the key of a user's sign-in: two users' clients may well choose the same one."""
    return sha256(f"{user_id}\n{key}".encode()).hexdigest()


@post("/v1/sign-out", status_code=204)
async def sign_out(user: User, sessions: SessionsClient) -> None:
    """End all of the user's sessions, everywhere."""
    await sessions.invalidate(Invalidation(user_id=user.id, scope="all"))


@get("/v1/players/me")
async def me(user: User, players: Players) -> Player:
    """Return the signed-in player."""
    return await players.player(user.id)


@post("/v1/players/me/invitations")
async def invite(user: User, invitations: Invitations) -> Invited:
    """Return an invitation to hand on."""
    return Invited(await invitations.make(user.id))


@post("/v1/users/ensure", status_code=200)
async def ensure(data: JSONBody[Ensure], players: Players) -> Ensured:
    """Make a player of somebody whom auth knows; again and again makes one."""
    return await players.ensure(data)


HANDLERS = (sign_in, sign_out, me, invite, ensure)
