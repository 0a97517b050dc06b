"""Referrals: a code for each user, and who brought whom."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.services.referrals.contract import Attributed, Attribution, Code, Referrals
from stead.services.referrals.store import FIRST_PAGE, Connection, Invitations

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
After = Annotated[str | None, QueryParameter(pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the page before.")]


@get("/v1/referrals")
async def referrals(user: User, invitations: Invitations, limit: Limit = 20, after: After = None) -> Referrals:
    """List whom I brought, newest first."""
    return await invitations.brought_by(user.id, limit, int(after) if after else FIRST_PAGE)


@get("/v1/referrals/code")
async def code(user: User, invitations: Invitations) -> Code:
    """Return my code; the first ask makes it."""
    return await invitations.code(user.id)


@post("/v1/referrals/code/rotate", status_code=200)
async def rotate(
    user: User, attempt: IdempotencyKey, invitations: Invitations, idempotency: Idempotency
) -> Response[Code]:
    """Revoke my code and return a new one."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await invitations.rotate(connection, user.id))

    return await idempotency.run(attempt, work)


@post("/v1/attributions")
async def attribute(
    data: JSONBody[Attribution], attempt: IdempotencyKey, invitations: Invitations, idempotency: Idempotency
) -> Response[Attributed]:
    """Record who brought a new user."""

    async def work(connection: Connection) -> Answer:
        return Answer(201, await invitations.attribute(connection, data))

    return await idempotency.run(attempt, work)


HANDLERS = (referrals, code, rotate, attribute)
