"""The board of an event: its groups with their users. One transaction at a time changes an event's board."""

from functools import partial
from uuid import UUID

from psycopg.rows import DictRow

from stead.kit.database import Connection, Database
from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused
from stead.kit.sql import Queries
from stead.kit.user import User
from stead.services.crews import rules
from stead.services.crews.contract import (
    Assignment,
    AssignmentDraft,
    AutomaticOrder,
    Board,
    Group,
    GroupDraft,
    Place,
    Places,
    Preferences,
)
from stead.services.events.contract import BookingState, EventsClient

QUERIES = Queries.beside(__file__)


class Boards:
    """The boards of all events. Other services are called before the transaction begins."""

    def __init__(self, database: Database, events: EventsClient) -> None:
        self._database = database
        self._events = events

    async def check_owner(self, event: UUID, user: User) -> None:
        """Refuse a user who neither owns the organizer's page nor is an admin."""
        try:
            state = await self._events.event(event)
        except CallRefused as refused:
            if refused.code != "unknown_event":
                raise
            raise HttpProblem(404, "unknown_event", "No such event.") from None
        if state.owner != user.id and "admin" not in user.roles:
            raise HttpProblem(403, "not_owner", "The event belongs to another organizer.")

    async def add_group(self, connection: Connection, event: UUID, draft: GroupDraft) -> Group:
        values = {"kind": draft.kind, "name": draft.name, "capacity": draft.capacity, "weight": draft.weight}
        row = await _one(connection, "add_group", event=event, **values)
        if row is None:
            raise HttpProblem(409, "name_taken", "The event has a group of this name.")
        return _group(row)

    async def set_capacity(self, connection: Connection, event: UUID, group: UUID, capacity: int) -> Group:
        """Change how many seats a group has; HttpProblem 409 when a seat beyond them is taken."""
        await _lock(connection, event)
        await _find_group(connection, event, group)
        highest = await _row(connection, "highest_seat", id=group)
        if highest["seat"] > capacity:
            raise HttpProblem(409, "capacity_taken", f"Seat {highest['seat']} is taken.")
        return _group(await _row(connection, "set_capacity", id=group, capacity=capacity))

    async def confirmed(self, event: UUID, booking: UUID) -> BookingState:
        """Return a confirmed booking of the event; HttpProblem 404 or 409 for any other."""
        try:
            state = await self._events.booking(booking)
        except CallRefused as refused:
            if refused.code != "unknown_booking":
                raise
            raise HttpProblem(404, "unknown_booking", "No such booking.") from None
        if state.event_id != event:
            raise HttpProblem(404, "unknown_booking", "No such booking of this event.")
        if state.status != "confirmed":
            raise HttpProblem(409, "not_confirmed", f"The booking is {state.status}.")
        return state

    async def assign(
        self, connection: Connection, event: UUID, draft: AssignmentDraft, state: BookingState, actor: str
    ) -> Assignment:
        """Give a booking a place; the one that it has in a group of this kind ends as transferred."""
        await _lock(connection, event)
        group = await _find_group(connection, event, draft.group_id)
        active = await _rows(connection, "active", event=event)
        before = [row for row in active if row["booking_id"] == state.id and row["kind"] == group["kind"]]
        others = [row for row in active if row["group_id"] == group["id"] and row not in before]
        weight = draft.weight or _known_weights(active).get(state.id)
        _check_weight(group, others, weight)
        seat = rules.free_seat(group["capacity"], (row["seat"] for row in others), draft.seat)
        if seat is None:
            code = "group_full" if draft.seat is None else "seat_taken"
            raise HttpProblem(409, code, "The group has no free seat, or this one is taken.")
        for row in before:
            await _row(connection, "end_assignment", id=row["id"], status="transferred")
        values = {"booking": state.id, "user": state.user_id, "seat": seat, "weight": weight, "actor": actor}
        place = {"group": group["id"], "event": event, "kind": group["kind"]}
        return _assignment(await _row(connection, "add_assignment", **place, **values))

    async def assign_all(
        self, connection: Connection, event: UUID, order: AutomaticOrder, states: list[BookingState], actor: str
    ) -> Board:
        """Give the bookings that have no place one each, as far as the wishes and the seats allow."""
        await _lock(connection, event)
        active = await _rows(connection, "active", event=event)
        groups = {row["id"]: row for row in await _rows(connection, "groups", event=event) if row["kind"] == order.kind}
        placed = {row["booking_id"] for row in active if row["kind"] == order.kind}
        waiting = {state.user_id: state for state in states if state.id not in placed}
        rooms = {str(id_): _room(group, active) for id_, group in groups.items()}
        weights = _known_weights(active) | order.weights
        people = {user: weights.get(state.id) for user, state in waiting.items()}
        wishes = _wishes(await _rows(connection, "preferences", event=event))
        for user, group_id in rules.assign(people, rooms, wishes).items():
            draft = AssignmentDraft(waiting[user].id, UUID(group_id), weight=people[user])
            await self.assign(connection, event, draft, waiting[user], actor)
        return await self.read(connection, event)

    async def remove(self, connection: Connection, event: UUID, assignment: UUID) -> None:
        """End a place; again, it changes nothing."""
        await _lock(connection, event)
        row = await _one(connection, "assignment", id=assignment)
        if row is None or row["event_id"] != event:
            raise HttpProblem(404, "unknown_assignment", "No such assignment of this event.")
        await _one(connection, "end_assignment", id=assignment, status="removed")

    async def verify(self, event: UUID, states: list[BookingState]) -> None:
        """Free the places of bookings that ended while they were assigned; HttpProblem 409 when there is one.

        A release that came before the commit found nothing to free; but then the booking had ended before it, and is
        read here as ended. One that comes later frees the place.
        """
        for state in states:
            try:
                _check_user(state, await self.confirmed(event, state.id))
            except HttpProblem as problem:
                if problem.code in ("not_confirmed", "unknown_booking"):
                    await self._database.run(partial(self.release, booking=state.id))
                raise

    async def release(self, connection: Connection, booking: UUID) -> None:
        """Free every place of a booking that has ended, or belongs to another user now."""
        row = await _one(connection, "event_of_booking", booking=booking)
        if row is None:
            return
        await _lock(connection, row["event_id"])
        await connection.execute(QUERIES["release"], {"booking": booking})

    async def wish(self, connection: Connection, event: UUID, user: str, preferences: Preferences) -> None:
        """Replace a user's wishes."""
        await connection.execute(QUERIES["drop_preferences"], {"event": event, "user": user})
        for each in preferences.wishes:
            values = {"event": event, "user": user, "other": each.user_id, "wish": each.wish}
            await connection.execute(QUERIES["add_preference"], values)

    async def forget(self, connection: Connection, user: str) -> None:
        """Delete a user's data; every board with the user is locked meanwhile."""
        for row in await _rows(connection, "events_of_user", user=user):
            await _lock(connection, row["event_id"])
        for query in ("forget_assignments", "forget_actor", "forget_preferences"):
            await connection.execute(QUERIES[query], {"user": user})

    async def read(self, connection: Connection, event: UUID) -> Board:
        groups = [_group(row) for row in await _rows(connection, "groups", event=event)]
        return Board(groups, [_assignment(row) for row in await _rows(connection, "active", event=event)])

    async def of_user(self, event: UUID, user: str) -> Places:
        async with self._database.connection() as connection:
            rows = await _rows(connection, "of_user", event=event, user=user)
        return Places([Place(row["kind"], row["name"], row["seat"]) for row in rows])


def _check_user(before: BookingState, now: BookingState) -> None:
    if now.user_id != before.user_id:
        raise HttpProblem(409, "not_confirmed", "The booking belongs to another user now.")


def _check_weight(group: DictRow, others: list[DictRow], weight: int | None) -> None:
    if group["weight"] is None:
        return
    load = rules.load([*(row["weight"] for row in others), weight])
    if load is None:
        raise HttpProblem(
            409, "weight_unknown", f"The group bears {group['weight']} kg; give the weight of every user."
        )
    if load > group["weight"]:
        raise HttpProblem(409, "too_heavy", f"The load would be {load} kg; it bears {group['weight']} kg.")


def _known_weights(active: list[DictRow]) -> dict[UUID, int]:
    """Return the weights of bookings, as their active places say them."""
    return {row["booking_id"]: row["weight"] for row in active if row["weight"]}


def _room(group: DictRow, active: list[DictRow]) -> rules.Room:
    members = [row for row in active if row["group_id"] == group["id"]]
    seats, users = group["capacity"] - len(members), tuple(row["user_id"] for row in members)
    if group["weight"] is None:
        return rules.Room(seats, users)
    load = rules.load(row["weight"] for row in members)
    return rules.Room(seats if load is not None else 0, users, group["weight"] - (load or 0))


def _wishes(rows: list[DictRow]) -> rules.Wishes:
    """Together when both want it; apart when one does."""
    wanted = {(row["user_id"], row["other"]) for row in rows if row["wish"] == "together"}
    together = frozenset(frozenset(pair) for pair in wanted if (pair[1], pair[0]) in wanted)
    apart = frozenset(frozenset((row["user_id"], row["other"])) for row in rows if row["wish"] == "apart")
    return rules.Wishes(together, apart)


async def _lock(connection: Connection, event: UUID) -> None:
    await connection.execute(QUERIES["lock_event"], {"event": event})


async def _find_group(connection: Connection, event: UUID, group: UUID) -> DictRow:
    row = await _one(connection, "group", id=group)
    if row is None or row["event_id"] != event:
        raise HttpProblem(404, "unknown_group", "No such group of this event.")
    return row


async def _one(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()


async def _row(connection: Connection, query: str, **values: object) -> DictRow:
    row = await _one(connection, query, **values)
    assert row is not None  # the event's lock is held: the row is there
    return row


async def _rows(connection: Connection, query: str, **values: object) -> list[DictRow]:
    return await (await connection.execute(QUERIES[query], values)).fetchall()


def _group(row: DictRow) -> Group:
    return Group(*(row[name] for name in ("id", "kind", "name", "capacity", "weight")))


def _assignment(row: DictRow) -> Assignment:
    return Assignment(*(row[name] for name in ("id", "group_id", "booking_id", "user_id", "seat", "status")))
