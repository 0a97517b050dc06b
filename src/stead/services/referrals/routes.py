"""Referrals: a code for each user, and attributions."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.services.referrals.contract import (
    Attributed,
    Attribution,
    Claim,
    Code,
    FirstLogin,
    Referrals,
    Settled,
    Statistics,
    Tree,
)
from stead.services.referrals.store import DEEPEST, FIRST_PAGE, Connection, Invitations

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Depth = Annotated[int, QueryParameter(ge=1, le=DEEPEST)]
After = Annotated[str | None, QueryParameter(pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the page before.")]


@get("/v1/referrals")
async def referrals(user: User, invitations: Invitations, limit: Limit = 20, after: After = None) -> Referrals:
    """List the users whom I referred, newest first."""
    return await invitations.referred_by(user.id, limit, int(after) if after else FIRST_PAGE)


@get("/v1/referrals/code")
async def code(user: User, invitations: Invitations) -> Code:
    """Return my code; the first request creates it."""
    return await invitations.code(user.id)


@post("/v1/referrals/code/rotate", status_code=200)
async def rotate(
    user: User, attempt: IdempotencyKey, invitations: Invitations, idempotency: Idempotency
) -> Response[Code]:
    """Revoke my code and return a new one."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await invitations.rotate(connection, user.id))

    return await idempotency.run(attempt, work)


@get("/v1/referrals/stats")
async def statistics(user: User, invitations: Invitations) -> Statistics:
    """Count the users whom I referred, directly and indirectly, and how many have logged in."""
    return await invitations.statistics(user.id)


@get("/v1/referrals/tree")
async def tree(user: User, invitations: Invitations, depth: Depth = 3) -> Tree:
    """Return the tree of users whom I referred, level by level."""
    return await invitations.tree(user.id, depth)


@post("/v1/referrals/claim")
async def claim(
    data: JSONBody[Claim], user: User, attempt: IdempotencyKey, invitations: Invitations, idempotency: Idempotency
) -> Response[Attributed]:
    """Set my referrer after the sign-up, with the rules of an attribution."""

    async def work(connection: Connection) -> Answer:
        return Answer(201, await invitations.attribute(connection, Attribution(data.code, user.id)))

    return await idempotency.run(attempt, work)


@post("/v1/first-logins", status_code=200)
async def first_login(
    data: JSONBody[FirstLogin], attempt: IdempotencyKey, invitations: Invitations, idempotency: Idempotency
) -> Response[Settled]:
    """Take note that a user has logged in; the first time after the attribution the answer names the referrer."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await invitations.first_login(connection, data.referee))

    return await idempotency.run(attempt, work)


@post("/v1/attributions")
async def attribute(
    data: JSONBody[Attribution], attempt: IdempotencyKey, invitations: Invitations, idempotency: Idempotency
) -> Response[Attributed]:
    """Record the referrer of a new user."""

    async def work(connection: Connection) -> Answer:
        return Answer(201, await invitations.attribute(connection, data))

    return await idempotency.run(attempt, work)


HANDLERS = (referrals, code, rotate, statistics, tree, claim, attribute, first_login)
