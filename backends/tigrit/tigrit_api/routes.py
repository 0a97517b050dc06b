"""What the mini app's API answers."""

from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from interactions.store import NEWEST
from interactions.store import Interactions as Spoken
from stead.kit.http_problem import unauthenticated
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.service_client import CallRefused, CallUnavailable
from stead.kit.user import User
from stead.services.auth.contract import AuthClient
from stead.services.sessions.contract import SessionsClient
from tigrit_api.contract import Check, Checked, Interaction, Interactions, Profile

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Before = Annotated[int, QueryParameter(ge=1, le=NEWEST)]


@get("/v1/profile")
async def profile(user: User, spoken: Spoken, sessions: SessionsClient) -> Profile:
    """Return the signed-in user; how many sessions there are is left open while sessions are down."""
    summary = await spoken.summary(user.id)
    try:
        live: int | None = len((await sessions.of_user(user.id)).sessions)
    except (CallUnavailable, CallRefused):
        live = None
    return Profile(user.id, summary.interactions, summary.first, summary.last, live)


@get("/v1/interactions")
async def interactions(user: User, spoken: Spoken, limit: Limit = 20, before: Before = NEWEST) -> Interactions:
    """List what the user said to the bot, newest first."""
    found = await spoken.of_user(user.id, limit, before)
    shown = [Interaction(each.text, each.at) for each in found]
    return Interactions(shown, found[-1].id if len(found) == limit else None)


@post("/v1/check", status_code=200)
async def check(data: JSONBody[Check], attempt: IdempotencyKey, auth: AuthClient) -> Checked:
    """Tell whose initData it is; 401 when it is nobody's. With an Idempotency-Key it may be asked again."""
    try:
        return Checked((await auth.verify_init_data(data.init_data, key=attempt.key)).user_id)
    except CallRefused as refused:
        if refused.status != 401:
            raise
        raise unauthenticated() from None


HANDLERS = (profile, interactions, check)
