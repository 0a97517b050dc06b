"""The routes of the events service for other services."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.model.user_id import is_user_id
from stead.services.events.answer import answer_once
from stead.services.events.bookings import Bookings, find, state_of
from stead.services.events.catalogue import event_row
from stead.services.events.contract import BookingState, Confirmation, EventState, OrganizerState, Revocation
from stead.services.events.listing import Listing


@get("/v1/internal/events/{event_id:uuid}")
async def event_state(event_id: FromPath[UUID], database: Database) -> EventState:
    """Return an event to another service."""
    async with database.connection() as connection:
        row = await event_row(connection, event_id)
    return EventState(row["id"], row["title"], row["status"], row["starts_at"], row["owner"])


@get("/v1/internal/organizers/{slug:str}")
async def organizer_state(slug: FromPath[str], listing: Listing) -> OrganizerState:
    """Return an organizer's page to another service."""
    row = await listing.organizer_row(slug)
    return OrganizerState(row["slug"], row["title"], row["owner"])


@get("/v1/internal/bookings/{booking_id:uuid}")
async def booking_state(booking_id: FromPath[UUID], database: Database) -> BookingState:
    """Return a booking to another service."""
    async with database.connection() as connection:
        return state_of(await find(connection, booking_id))


@post("/v1/internal/bookings/{booking_id:uuid}/confirmation", status_code=200)
async def confirm(
    booking_id: FromPath[UUID],
    data: JSONBody[Confirmation],
    attempt: IdempotencyKey,
    bookings: Bookings,
    idempotency: Idempotency,
) -> Response[BookingState]:
    """Confirm a booking by its payment; 409 when the payment is to be paid back."""
    return await answer_once(idempotency, attempt, 200, lambda open_: bookings.confirm(open_, booking_id, data))


@post("/v1/internal/bookings/{booking_id:uuid}/revocation", status_code=200)
async def revoke(
    booking_id: FromPath[UUID],
    data: JSONBody[Revocation],
    attempt: IdempotencyKey,
    bookings: Bookings,
    idempotency: Idempotency,
) -> Response[BookingState]:
    """Cancel a booking whose payment failed after all."""
    return await answer_once(
        idempotency, attempt, 200, lambda open_: bookings.revoke(open_, booking_id, data.payment_id)
    )


@delete("/v1/internal/event-users/{user_id:str}")
async def forget(user_id: FromPath[str], bookings: Bookings, database: Database) -> None:
    """Cancel a user's bookings and delete what names the user."""
    if not is_user_id(user_id):
        raise HttpProblem(422, "invalid_parameter", "The user id is malformed.")
    await database.run(lambda connection: bookings.forget(connection, user_id))


HANDLERS = (event_state, organizer_state, booking_state, confirm, revoke, forget)
