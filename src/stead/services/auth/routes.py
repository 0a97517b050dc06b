"""The routes of the auth service."""

import logging
from time import time
from typing import Any

from litestar import Request, get, post
from litestar.params import JSONBody

from stead.kit.body import json_decoder
from stead.kit.http_problem import HttpProblem, unauthenticated
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.live_setting import LiveSetting
from stead.kit.user import User
from stead.services.auth import signature
from stead.services.auth.contract import Credential, Ensure, Ensured, Me, Verified
from stead.services.auth.providers.provider import RejectedError, UnavailableError
from stead.services.auth.rules import HANDLED, LOGIN, Event, Kind, Login
from stead.services.auth.user_provisioning import UserProvisioning
from stead.services.auth.users import Users
from stead.services.auth.verification import Verification

logger = logging.getLogger(__name__)
_kind, _event, _login = json_decoder(Kind), json_decoder(Event), json_decoder(Login)


@post("/v1/webhooks/clerk", status_code=204)
async def receive_webhook(
    request: Request[Any, Any, Any], body: bytes, people: Users, webhook_secret: LiveSetting
) -> None:
    """Take a webhook of Clerk's, signed by Svix: of users, and of sessions that begin. Other types do nothing."""
    now = time()
    try:
        webhook_secret.changed()
        delivery = signature.verify(webhook_secret.text, request.scope["headers"], body, now)
    except signature.UnsignedError as reason:
        logger.warning("refused a webhook", extra={"reason": str(reason)})
        raise HttpProblem(
            400, "invalid_webhook", "The webhook's signature is invalid, or the webhook is too old."
        ) from None
    kind = _kind(body).type
    if kind == LOGIN and people.settles_logins:
        await people.log_in(delivery, _login(body))
    elif kind in HANDLED - {LOGIN}:
        await people.receive(delivery, _event(body), now)


@get("/v1/me")
async def me(user: User, people: Users) -> Me:
    """Return the signed-in user. Before the first webhook only the id is known."""
    found = await people.me(user.id)
    if found is None:
        raise HttpProblem(410, "user_deleted", "This user was deleted.")
    return found


@post("/v1/verify", status_code=200)
async def verify(data: JSONBody[Credential], attempt: IdempotencyKey, verification: Verification) -> Verified:
    """Return the user of a credential. 401: the credential is invalid, without details; 503: it cannot be verified now.
    initData is accepted once; a second time is 401 unless with the same Idempotency-Key.
    """
    kind = "token" if data.token is not None else "initData"
    try:
        found = await verification.of(data, attempt)
    except RejectedError as reason:
        logger.info("refused a user's %s", kind, extra={"reason": str(reason), "caller": attempt.owner})
        raise unauthenticated() from None
    except UnavailableError as reason:
        logger.warning("cannot verify a user's %s", kind, extra={"reason": str(reason)})
        raise HttpProblem(
            503, "verifier_unavailable", "Try again.", headers={"Retry-After": str(reason.wait)}
        ) from None
    return Verified(found.user_id, found.method, found.expires_at, found.actor, found.name)


@post("/v1/users/ensure", status_code=200)
async def ensure(data: JSONBody[Ensure], ensuring: UserProvisioning) -> Ensured:
    """Provision a user of the backend; 503 while the users service is unavailable."""
    return await ensuring.ensure(data)


HANDLERS = (receive_webhook, me, verify, ensure)
