"""Events: organizers, events, bookings, and routes for other services."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from stead.kit.database import Connection, Database
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.services.events import internal_routes
from stead.services.events.answer import answer_once
from stead.services.events.batches import Batches
from stead.services.events.bookings import Bookings, find
from stead.services.events.catalogue import Catalogue, event_row
from stead.services.events.contract import (
    AuditEntries,
    Booking,
    Event,
    EventChange,
    EventDraft,
    Events,
    Organizer,
    OrganizerDraft,
    Organizers,
    Transfer,
    TransferUse,
)
from stead.services.events.contract import Bookings as BookingPage
from stead.services.events.export import bookings_csv, calendar
from stead.services.events.inventory import QUERIES, LockedEvent
from stead.services.events.listing import Listing
from stead.services.events.transfers import Transfers

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
After = Annotated[
    str | None, QueryParameter(max_length=512, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before.")
]
AfterPlace = Annotated[
    str | None, QueryParameter(pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the page before.")
]
OfOrganizer = Annotated[
    str | None, QueryParameter(max_length=100, pattern=r"^[a-z0-9-]+$", description="Only this organizer's events.")
]
AGAIN = ResponseSpec(Booking, description="The user has an active booking of this event already.")
PRIVATE = {"Cache-Control": "no-store"}


@get("/v1/organizers")
async def organizers(listing: Listing, limit: Limit = 20, after: After = None) -> Organizers:
    """List organizers by slug."""
    return await listing.organizers(limit, after or "")


@get("/v1/organizers/{slug:str}")
async def organizer(slug: FromPath[str], listing: Listing) -> Organizer:
    """Return an organizer's page."""
    return await listing.organizer(slug)


@get("/v1/organizers/{slug:str}/calendar")
async def organizer_calendar(slug: FromPath[str], listing: Listing) -> Response[bytes]:
    """Return an organizer's events as iCalendar (RFC 5545): the five hundred that start last."""
    page = await listing.organizer(slug)
    content = calendar(page.title, await listing.calendar(slug))
    return Response(content, media_type="text/calendar; charset=utf-8")


@put("/v1/organizers/{slug:str}")
async def put_organizer(
    slug: FromPath[str],
    data: JSONBody[OrganizerDraft],
    user: User,
    attempt: IdempotencyKey,
    catalogue: Catalogue,
    idempotency: Idempotency,
) -> Response[Organizer]:
    """Write an organizer's page; its first author owns it."""
    return await answer_once(idempotency, attempt, 200, lambda open_: catalogue.put_organizer(open_, slug, data, user))


@get("/v1/events")
async def events(listing: Listing, limit: Limit = 20, after: After = None, organizer: OfOrganizer = None) -> Events:
    """List published events to come, soonest first."""
    return await listing.events(limit, after, organizer)


@get("/v1/events/{event_id:uuid}")
async def event(event_id: FromPath[UUID], listing: Listing) -> Event:
    """Return an event that is not a draft."""
    return await listing.event(event_id)


@post("/v1/events")
async def announce(
    data: JSONBody[EventDraft], user: User, attempt: IdempotencyKey, catalogue: Catalogue, idempotency: Idempotency
) -> Response[Event]:
    """Create the draft of an event."""
    return await answer_once(idempotency, attempt, 201, lambda open_: catalogue.announce(open_, data, user))


@patch("/v1/events/{event_id:uuid}")
async def change(
    event_id: FromPath[UUID],
    data: JSONBody[EventChange],
    user: User,
    attempt: IdempotencyKey,
    catalogue: Catalogue,
    idempotency: Idempotency,
) -> Response[Event]:
    """Change a draft, or the capacity of a published event."""
    return await answer_once(idempotency, attempt, 200, lambda open_: catalogue.change(open_, event_id, data, user))


@post("/v1/events/{event_id:uuid}/publication", status_code=200)
async def publish(
    event_id: FromPath[UUID], user: User, attempt: IdempotencyKey, catalogue: Catalogue, idempotency: Idempotency
) -> Response[Event]:
    """Publish a draft: from now on it can be booked."""
    return await answer_once(idempotency, attempt, 200, lambda open_: catalogue.publish(open_, event_id, user))


@post("/v1/events/{event_id:uuid}/completion", status_code=200)
async def complete(
    event_id: FromPath[UUID], user: User, attempt: IdempotencyKey, catalogue: Catalogue, idempotency: Idempotency
) -> Response[Event]:
    """Complete an event that has started, and its confirmed bookings with it."""
    return await answer_once(idempotency, attempt, 200, lambda open_: catalogue.complete(open_, event_id, user))


@post("/v1/events/{event_id:uuid}/cancellation", status_code=200)
async def cancel_event(
    event_id: FromPath[UUID], user: User, attempt: IdempotencyKey, catalogue: Catalogue, idempotency: Idempotency
) -> Response[Event]:
    """Cancel an event: end every booking, and refund payments."""
    return await answer_once(idempotency, attempt, 200, lambda open_: catalogue.cancel(open_, event_id, user))


@get("/v1/events/{event_id:uuid}/bookings")
async def event_bookings(
    event_id: FromPath[UUID], user: User, listing: Listing, limit: Limit = 20, after: AfterPlace = None
) -> BookingPage:
    """List an event's bookings in the order of arrival, for its organizer."""
    return await listing.event_bookings(event_id, user, limit, int(after) if after else 0)


@get("/v1/events/{event_id:uuid}/export")
async def export(event_id: FromPath[UUID], user: User, listing: Listing) -> Stream:
    """Return all bookings of an event as CSV, for its organizer."""
    await listing.check_owner(event_id, user)
    headers = {"Content-Disposition": f'attachment; filename="bookings-{event_id}.csv"', **PRIVATE}
    table = bookings_csv(listing.all_event_bookings(event_id))
    return Stream(table, media_type="text/csv; charset=utf-8", headers=headers)


@get("/v1/events/{event_id:uuid}/audit")
async def audit(
    event_id: FromPath[UUID], user: User, listing: Listing, limit: Limit = 20, after: AfterPlace = None
) -> AuditEntries:
    """List the history of an event's bookings, for its organizer."""
    return await listing.audit(event_id, user, limit, int(after) if after else 0)


@post("/v1/events/{event_id:uuid}/bookings", responses={200: AGAIN})
async def book(
    event_id: FromPath[UUID], user: User, attempt: IdempotencyKey, bookings: Bookings, batches: Batches
) -> Response[Booking]:
    """Hold a seat for its payment, confirm it where it is free, or join the waiting list; again, return the booking."""

    async def work(locked: LockedEvent) -> Answer:
        return Answer(*await bookings.book(locked, user.id))

    return await batches.run(event_id, attempt, work)


@put("/v1/events/{event_id:uuid}/favourite", status_code=204)
async def add_favourite(event_id: FromPath[UUID], user: User, database: Database) -> None:
    """Add an event to my favourites."""
    async with database.connection() as connection:
        await event_row(connection, event_id)
        await connection.execute(QUERIES["add_favourite"], {"user": user.id, "event": event_id})


@delete("/v1/events/{event_id:uuid}/favourite")
async def remove_favourite(event_id: FromPath[UUID], user: User, database: Database) -> None:
    """Remove an event from my favourites."""
    async with database.connection() as connection:
        await connection.execute(QUERIES["remove_favourite"], {"user": user.id, "event": event_id})


@get("/v1/favourites")
async def favourites(user: User, listing: Listing, limit: Limit = 100, after: After = None) -> Events:
    """List my favourite events."""
    return await listing.favourites(user.id, limit, after)


@get("/v1/bookings")
async def my_bookings(user: User, listing: Listing, limit: Limit = 20, after: After = None) -> BookingPage:
    """List my bookings, newest first."""
    return await listing.user_bookings(user.id, limit, after)


@get("/v1/bookings/{booking_id:uuid}")
async def booking(booking_id: FromPath[UUID], user: User, listing: Listing) -> Booking:
    """Return my booking, with its position in the waiting list."""
    return await listing.booking(booking_id, user.id)


@delete("/v1/bookings/{booking_id:uuid}")
async def cancel(
    booking_id: FromPath[UUID],
    user: User,
    attempt: IdempotencyKey,
    bookings: Bookings,
    batches: Batches,
    database: Database,
) -> None:
    """Cancel my booking, decline the seat that is offered to me, or leave the waiting list."""

    async with database.connection() as connection:
        found = await find(connection, booking_id)  # the work checks the owner: a replay has its answer already

    async def work(locked: LockedEvent) -> Answer:
        await bookings.cancel(locked, booking_id, user.id)
        return Answer(204, None)

    return await batches.run(found["event_id"], attempt, work)  # type: ignore[return-value]


@post("/v1/bookings/{booking_id:uuid}/acceptance", status_code=200)
async def accept(
    booking_id: FromPath[UUID], user: User, attempt: IdempotencyKey, bookings: Bookings, idempotency: Idempotency
) -> Response[Booking]:
    """Accept my offered seat: it is held for its payment."""
    return await answer_once(idempotency, attempt, 200, lambda open_: bookings.accept(open_, booking_id, user.id))


@post("/v1/bookings/{booking_id:uuid}/transfers")
async def offer_transfer(
    booking_id: FromPath[UUID], user: User, attempt: IdempotencyKey, transfers: Transfers, idempotency: Idempotency
) -> Response[Transfer]:
    """Create a code that transfers my booking to the user who presents it."""

    async def work(connection: Connection) -> Answer:
        return Answer(201, await transfers.offer(connection, booking_id, user.id), PRIVATE)

    return await idempotency.run(attempt, work)


@post("/v1/transfers", status_code=200)
async def use_transfer(
    data: JSONBody[TransferUse], user: User, attempt: IdempotencyKey, transfers: Transfers, idempotency: Idempotency
) -> Response[Booking]:
    """Take the booking of which I show the code."""
    return await answer_once(idempotency, attempt, 200, lambda open_: transfers.use(open_, data.code, user.id))


@post("/v1/bookings/{booking_id:uuid}/no-show", status_code=200)
async def no_show(
    booking_id: FromPath[UUID], user: User, attempt: IdempotencyKey, bookings: Bookings, idempotency: Idempotency
) -> Response[Booking]:
    """Note that the user of a booking did not come."""
    return await answer_once(idempotency, attempt, 200, lambda open_: bookings.no_show(open_, booking_id, user))


ORGANIZERS = (organizers, organizer, organizer_calendar, put_organizer)
EVENTS = (events, event, announce, change, publish, complete, cancel_event, event_bookings, export, audit)
FAVOURITES = (add_favourite, remove_favourite, favourites)
BOOKINGS = (book, my_bookings, booking, cancel, accept, offer_transfer, use_transfer, no_show)
HANDLERS = (*ORGANIZERS, *EVENTS, *FAVOURITES, *BOOKINGS, *internal_routes.HANDLERS)
