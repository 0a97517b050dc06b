"""Crews: an organizer's board, a user's own place and wishes, and the release of a booking's places."""

from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.model.user_id import is_user_id
from stead.services.crews.board import Boards
from stead.services.crews.contract import (
    Assignment,
    AssignmentDraft,
    AutomaticOrder,
    Board,
    CapacityChange,
    Group,
    GroupDraft,
    Places,
    Preferences,
)


@post("/v1/crews/{event_id:uuid}/groups")
async def add_group(
    event_id: FromPath[UUID],
    data: JSONBody[GroupDraft],
    user: User,
    attempt: IdempotencyKey,
    boards: Boards,
    idempotency: Idempotency,
) -> Response[Group]:
    """Add a boat, a tent, a table or a bus to an event."""
    await boards.check_owner(event_id, user)

    async def work(connection: Connection) -> Answer:
        return Answer(201, await boards.add_group(connection, event_id, data))

    return await idempotency.run(attempt, work)


@patch("/v1/crews/{event_id:uuid}/groups/{group_id:uuid}")
async def set_capacity(
    event_id: FromPath[UUID],
    group_id: FromPath[UUID],
    data: JSONBody[CapacityChange],
    user: User,
    database: Database,
    boards: Boards,
) -> Group:
    """Change how many seats a group has."""
    await boards.check_owner(event_id, user)
    return await database.run(lambda open_: boards.set_capacity(open_, event_id, group_id, data.capacity))


@get("/v1/crews/{event_id:uuid}/board")
async def board(event_id: FromPath[UUID], user: User, database: Database, boards: Boards) -> Board:
    """Return an event's groups with their users."""
    await boards.check_owner(event_id, user)
    async with database.connection() as connection:
        return await boards.read(connection, event_id)


@post("/v1/crews/{event_id:uuid}/assignments")
async def assign(
    event_id: FromPath[UUID],
    data: JSONBody[AssignmentDraft],
    user: User,
    attempt: IdempotencyKey,
    boards: Boards,
    idempotency: Idempotency,
) -> Response[Assignment]:
    """Give a confirmed booking a place, or another one."""
    await boards.check_owner(event_id, user)
    state = await boards.confirmed(event_id, data.booking_id)

    async def work(connection: Connection) -> Answer:
        return Answer(201, await boards.assign(connection, event_id, data, state, user.id))

    answer = await idempotency.run(attempt, work)
    await boards.verify(event_id, [state])
    return answer


@post("/v1/crews/{event_id:uuid}/assignments/automatic", status_code=200)
async def assign_all(
    event_id: FromPath[UUID], data: JSONBody[AutomaticOrder], user: User, database: Database, boards: Boards
) -> Board:
    """Give bookings that have no place one each; those that are not confirmed are left out."""
    await boards.check_owner(event_id, user)
    states = []
    for booking in dict.fromkeys(data.booking_ids):
        try:
            states.append(await boards.confirmed(event_id, booking))
        except HttpProblem as problem:
            if problem.code != "not_confirmed":
                raise
    shown = await database.run(lambda open_: boards.assign_all(open_, event_id, data, states, user.id))
    await boards.verify(event_id, states)
    return shown


@delete("/v1/crews/{event_id:uuid}/assignments/{assignment_id:uuid}")
async def remove(
    event_id: FromPath[UUID], assignment_id: FromPath[UUID], user: User, database: Database, boards: Boards
) -> None:
    """Take a booking out of its place."""
    await boards.check_owner(event_id, user)
    await database.run(lambda open_: boards.remove(open_, event_id, assignment_id))


@get("/v1/crews/{event_id:uuid}/mine")
async def mine(event_id: FromPath[UUID], user: User, boards: Boards) -> Places:
    """Return my places."""
    return await boards.of_user(event_id, user.id)


@put("/v1/crews/{event_id:uuid}/preferences")
async def wish(
    event_id: FromPath[UUID], data: JSONBody[Preferences], user: User, database: Database, boards: Boards
) -> Preferences:
    """Set my wishes: users to be with, and users to be apart from."""
    if any(each.user_id == user.id for each in data.wishes):
        raise HttpProblem(422, "invalid_body", "A wish must name another user.")
    await database.run(lambda open_: boards.wish(open_, event_id, user.id, data))
    return data


@delete("/v1/internal/crew-bookings/{booking_id:uuid}")
async def release(booking_id: FromPath[UUID], database: Database, boards: Boards) -> None:
    """Free every place of a booking."""
    await database.run(lambda open_: boards.release(open_, booking_id))


@delete("/v1/internal/crew-users/{user_id:str}")
async def forget(user_id: FromPath[str], database: Database, boards: Boards) -> None:
    """Free every place of a user and delete what names the user."""
    if not is_user_id(user_id):
        raise HttpProblem(422, "invalid_parameter", "The user id is malformed.")
    await database.run(lambda open_: boards.forget(open_, user_id))


HANDLERS = (add_group, set_capacity, board, assign, assign_all, remove, mine, wish, release, forget)
