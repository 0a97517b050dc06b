"""What the sessions service answers: services, and the browser of a user through the gateway."""

from typing import Annotated, Any, Literal

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, QueryParameter

from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.model.user_id import is_user_id
from stead.services.sessions import rules
from stead.services.sessions.contract import (
    Access,
    Invalidation,
    Issued,
    KeySet,
    Listed,
    NewSession,
    Presented,
    Refresh,
    Refreshed,
    Session,
    SessionList,
)
from stead.services.sessions.sessions import Sessions

NO_STORE = {"cache-control": "no-store"}
REPLAYED = {"idempotency-replayed": "true"}

Which = Annotated[
    Literal["all", "others"], QueryParameter(name="scope", description="`others` spares the session that asks.")
]


@post("/v1/sessions", status_code=201)
async def create(data: NewSession, attempt: IdempotencyKey, sessions: Sessions) -> Response[Issued]:
    """Begin a session for a user whom the caller has authenticated. Its id is new, whatever was there before."""
    issued, replayed = await sessions.create(data, attempt)
    return Response(issued, headers=NO_STORE | (REPLAYED if replayed else {}))


@post("/v1/sessions/verify", status_code=200)
async def verify(data: Presented, sessions: Sessions) -> Session:
    """Tell whose session it is. This does not count as use."""
    return await sessions.verify(data.session)


@post("/v1/sessions/extend", status_code=200)
async def extend(data: Presented, sessions: Sessions) -> Session:
    """Note that a session is in use: its idle time begins again."""
    return await sessions.extend(data.session)


@post("/v1/sessions/rotate", status_code=200)
async def rotate(data: Presented, sessions: Sessions) -> Response[Issued]:
    """Replace what is shown. Shown within the grace the old one gets the same new one; later, it ends the session."""
    return Response(await sessions.rotate(data.session), headers=NO_STORE)


@post("/v1/sessions/exchange", status_code=200)
async def exchange(data: Presented, sessions: Sessions) -> Response[Access]:
    """Return a short-lived access token that the gateway verifies by itself."""
    return Response(await sessions.exchange(data.session), headers=NO_STORE)


@post("/v1/sessions/invalidate", status_code=204)
async def invalidate(data: Invalidation, sessions: Sessions) -> None:
    """End sessions. One that has ended already is not an error; whose others or all are meant has to be known."""
    if data.user_id is not None:
        await sessions.end_all(data.user_id)
    elif data.session is not None:
        await _end_shown(data.session, data.scope, sessions)
    elif data.id is not None:
        await _end_named(data.id, data.scope, sessions)


@get("/v1/sessions/keys")
async def keys(sessions: Sessions) -> KeySet:
    """Return the key set (RFC 7517) that verifies access tokens: the keys before, now and next."""
    return await sessions.published()


@get("/v1/users/{user_id:str}/sessions")
async def of_user(user_id: FromPath[str], sessions: Sessions) -> SessionList:
    """List a user's sessions that hold, newest first."""
    known = await sessions.of_user(user_id) if is_user_id(user_id) else []
    return SessionList([_listed(each, None) for each in known])


@post("/v1/sessions/refresh", status_code=200)
async def refresh(data: Refresh, request: Request[Any, Any, Any], sessions: Sessions) -> Response[Refreshed]:
    """Return an access token for the session in the body, or in `Authorization: Bearer`."""
    headers = [value for name, value in request.scope["headers"] if name == b"authorization"]
    shown = data.session if data.session is not None else rules.bearer(headers) or ""
    rotated = (await sessions.rotate(shown)).session if data.rotate else None
    access = await sessions.exchange(rotated or shown)
    return Response(Refreshed(access.access_token, access.expires_at, rotated), headers=NO_STORE)


@get("/v1/sessions")
async def list_mine(user: User, sessions: Sessions) -> SessionList:
    """List my sessions that hold, newest first."""
    return SessionList([_listed(each, user.session) for each in await sessions.of_user(user.id)])


@delete("/v1/sessions", status_code=204)
async def end_mine(user: User, sessions: Sessions, which: Which = "all") -> None:
    """End all my sessions, or all others."""
    if which == "others" and user.session is None:
        raise HttpProblem(422, "no_current_session", "There is no session to keep.")
    await sessions.end_all(user.id, user.session if which == "others" else None)


@delete("/v1/sessions/{session_id:str}", status_code=204)
async def end_one(user: User, session_id: FromPath[str], sessions: Sessions) -> None:
    """End one of my sessions."""
    if not session_id.isprintable() or not await sessions.end(session_id, user.id):
        raise HttpProblem(404, "unknown_session", "You have no session of that id.")


async def _end_shown(shown: str, scope: str, sessions: Sessions) -> None:
    try:
        session = await sessions.verify(shown)
    except HttpProblem as refusal:
        if scope == "one" and refusal.status == 401:
            return
        raise
    if scope == "one":
        await sessions.end(session.id)
    else:
        await sessions.end_all(session.user_id, session.id if scope == "others" else None)


async def _end_named(session_id: str, scope: str, sessions: Sessions) -> None:
    if scope == "one":
        await sessions.end(session_id)
        return
    owner = await sessions.owner(session_id)
    if owner is None:
        raise HttpProblem(404, "unknown_session", "There is no session of that id.")
    await sessions.end_all(owner, session_id if scope == "others" else None)


def _listed(session: Session, current: str | None) -> Listed:
    return Listed(
        id=session.id,
        method=session.method,
        device=session.device,
        created_at=session.created_at,
        used_at=session.used_at,
        expires_at=session.expires_at,
        idle_expires_at=session.idle_expires_at,
        current=session.id == current,
    )


HANDLERS = (
    create,
    verify,
    extend,
    rotate,
    exchange,
    invalidate,
    keys,
    of_user,
    refresh,
    list_mine,
    end_mine,
    end_one,
)
