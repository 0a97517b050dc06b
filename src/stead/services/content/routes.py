"""Content: articles, events and registrations to them."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.services.content.articles import Library
from stead.services.content.contract import (
    Article,
    ArticleDraft,
    Articles,
    Attendee,
    Attendees,
    Event,
    EventChange,
    EventDraft,
    Events,
    PromotionOrder,
    Registration,
    RegistrationStatus,
)
from stead.services.content.events import EventStore
from stead.services.content.page import AfterArticle, AfterEvent, place_in
from stead.services.content.place_routes import HANDLERS as PLACES
from stead.services.content.registrations import Registrations
from stead.services.content.roster import Roster
from stead.services.content.seating import Connection

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
After = Annotated[str | None, QueryParameter(max_length=512, description="`next` of the page before.")]
AfterPlace = Annotated[
    str | None, QueryParameter(pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the page before.")
]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag of the version to replace.")]
STANDS = ResponseSpec(Registration, description="You are registered for this event, or have accepted the seat.")


@get("/v1/articles")
async def articles(library: Library, limit: Limit = 20, after: After = None) -> Articles:
    """List published articles, newest first."""
    return await library.page(limit, place_in(after, AfterArticle) if after else AfterArticle())


@get("/v1/articles/{slug:str}")
async def article(slug: FromPath[str], library: Library) -> Response[Article]:
    """Return a published article."""
    stored = await library.read(slug)
    return Response(stored.article, headers={"ETag": stored.tag})


@put("/v1/articles/{slug:str}")
async def put_article(
    slug: FromPath[str],
    data: JSONBody[ArticleDraft],
    user: User,
    attempt: IdempotencyKey,
    library: Library,
    idempotency: Idempotency,
    if_match: IfMatch = None,
) -> Response[Article]:
    """Write an article, new or in place of the one that was."""

    async def work(connection: Connection) -> Answer:
        stored = await library.put(connection, slug, data, user.id, if_match)
        return Answer(200, stored.article, {"ETag": stored.tag})

    return await idempotency.run(attempt, work)


@get("/v1/events")
async def events(programme: EventStore, limit: Limit = 20, after: After = None) -> Events:
    """List events: those to come, soonest first, then the past ones, latest first."""
    return await programme.page(limit, place_in(after, AfterEvent) if after else None)


@get("/v1/events/{event_id:uuid}")
async def event(event_id: FromPath[UUID], programme: EventStore) -> Event:
    """Return one event."""
    return await programme.read(event_id)


@post("/v1/events")
async def announce(
    data: JSONBody[EventDraft], user: User, attempt: IdempotencyKey, programme: EventStore, idempotency: Idempotency
) -> Response[Event]:
    """Announce an event."""

    async def work(connection: Connection) -> Answer:
        made = await programme.announce(connection, data, user.id)
        return Answer(201, made, {"Location": f"/v1/events/{made.id}"})

    return await idempotency.run(attempt, work)


@patch("/v1/events/{event_id:uuid}")
async def change(
    event_id: FromPath[UUID],
    data: JSONBody[EventChange],
    attempt: IdempotencyKey,
    programme: EventStore,
    idempotency: Idempotency,
) -> Response[Event]:
    """Change an event; users on the waiting list get freed seats."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await programme.change(connection, event_id, data))

    return await idempotency.run(attempt, work)


@post("/v1/events/{event_id:uuid}/registrations", responses={200: STANDS})
async def register(
    event_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    registrations: Registrations,
    idempotency: Idempotency,
) -> Response[Registration]:
    """Register me for an event, add me to the waiting list, or accept my offered seat; a repetition returns my
    state.
    """

    async def work(connection: Connection) -> Answer:
        return Answer(*await registrations.register(connection, event_id, user.id))

    return await idempotency.run(attempt, work)


@get("/v1/events/{event_id:uuid}/registrations/me")
async def standing(event_id: FromPath[UUID], user: User, registrations: Registrations) -> RegistrationStatus:
    """Return my registration."""
    return await registrations.standing(event_id, user.id)


@delete("/v1/events/{event_id:uuid}/registrations/me")
async def cancel(
    event_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    registrations: Registrations,
    idempotency: Idempotency,
) -> None:
    """Cancel my registration, or leave the line."""

    async def work(connection: Connection) -> Answer:
        await registrations.cancel(connection, event_id, user.id)
        return Answer(204, None)

    return await idempotency.run(attempt, work)  # type: ignore[return-value]


@get("/v1/events/{event_id:uuid}/registrations")
async def attendees(event_id: FromPath[UUID], roster: Roster, limit: Limit = 20, after: AfterPlace = None) -> Attendees:
    """List registered, offered and waiting users in order of arrival."""
    return await roster.page(event_id, limit, int(after) if after else 0)


@post("/v1/events/{event_id:uuid}/promotions", status_code=200)
async def promote(
    event_id: FromPath[UUID],
    data: JSONBody[PromotionOrder],
    attempt: IdempotencyKey,
    roster: Roster,
    idempotency: Idempotency,
) -> Response[Attendee]:
    """Give the first in line, or a named user, a free seat."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await roster.promote(connection, event_id, data.user_id))

    return await idempotency.run(attempt, work)


ARTICLES = (articles, article, put_article)
EVENTS = (events, event, announce, change)
REGISTRATIONS = (register, standing, cancel, attendees, promote)
HANDLERS = (*ARTICLES, *PLACES, *EVENTS, *REGISTRATIONS)
