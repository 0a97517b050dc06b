"""Crews: one place for a booking and kind, no seat twice, only confirmed bookings, and places that are freed."""

import asyncio

import psycopg
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stead.services.crews.rules import Room, Wishes, assign, free_seat


async def test_people_take_the_seats_of_a_boat_and_no_more(run):
    async with run() as camp:
        event = await camp.event()
        group = (await camp.group(event)).json()["id"]
        bookings = [await camp.book(event, f"user_{number}") for number in range(6)]
        answers = await asyncio.gather(*(camp.assign(event, group, each) for each in bookings))
        assert sorted(answer.status_code for answer in answers) == [201, 201] + [409] * 4
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"group_full"}
        assert sorted(answer.json()["seat"] for answer in answers if answer.status_code == 201) == [1, 2]


async def test_a_booking_has_one_place_of_a_kind_and_is_moved_to_another(run):
    async with run() as camp:
        event = await camp.event()
        first, second = [(await camp.group(event, name)).json()["id"] for name in ("boat 1", "boat 2")]
        tent = (await camp.group(event, "tent", kind="tent")).json()["id"]
        booking = await camp.book(event, "ann")
        for group in (first, second, tent):
            assert (await camp.assign(event, group, booking)).status_code == 201
        assert await camp.board(event) == {"boat 1": [], "boat 2": ["ann"], "tent": ["ann"]}
        places = (await camp.app.get(f"/v1/crews/{event}/mine", user="ann")).json()["places"]
        assert [(each["kind"], each["group"]) for each in places] == [("boat", "boat 2"), ("tent", "tent")]


async def test_a_cancelled_booking_frees_its_places_everywhere_and_gets_none_again(run):
    async with run() as camp:
        event = await camp.event()
        group, tent = [(await camp.group(event, kind, kind=kind)).json()["id"] for kind in ("boat", "tent")]
        booking = await camp.book(event, "ann")
        await camp.assign(event, group, booking)
        await camp.assign(event, tent, booking)
        await camp.events.delete(f"/v1/bookings/{booking}", user="ann")
        for _ in range(2):
            assert (await camp.release(booking)).status_code == 204
        assert await camp.board(event) == {"boat": [], "tent": []}
        assert (await camp.assign(event, group, booking)).json()["code"] == "not_confirmed"


async def test_a_user_who_is_deleted_leaves_no_place_no_wish_and_no_name(run, database_url):
    async with run() as camp:
        event = await camp.event()
        group = (await camp.group(event)).json()["id"]
        for user in ("ann", "ben"):
            await camp.assign(event, group, await camp.book(event, user))
        await camp.wish(event, "ann", ben="together")
        await camp.wish(event, "ben", ann="apart")
        for _ in range(2):
            answer = await camp.app.delete("/v1/internal/crew-users/ann", caller="auth-service")
            assert answer.status_code == 204, answer.text
        assert (await camp.app.delete("/v1/internal/crew-users/%20", caller="auth-service")).status_code == 422
        assert await camp.board(event) == {"boat 1": ["ben"]}
        assert (await camp.app.get(f"/v1/crews/{event}/mine", user="ann")).json()["places"] == []
    with psycopg.connect(database_url) as connection:
        names = "SELECT user_id || actor FROM assignment UNION SELECT user_id || other FROM preference"
        assert [name for (name,) in connection.execute(names) if "ann" in name] == []


async def test_a_booking_that_ends_while_it_is_assigned_keeps_no_place(run):
    async with run() as camp:
        event = await camp.event()
        group = (await camp.group(event)).json()["id"]
        booking = await camp.book(event, "ann")
        cancelling = camp.events.delete(f"/v1/bookings/{booking}", user="ann")
        answer, _ = await asyncio.gather(camp.assign(event, group, booking), cancelling)
        await camp.release(booking)
        assert answer.status_code in (201, 409)
        assert await camp.board(event) == {"boat 1": []}


async def test_only_a_confirmed_booking_of_this_event_gets_a_place(run, unknown):
    async with run() as camp:
        event, other = await camp.event(capacity=1), await camp.event()
        group = (await camp.group(event)).json()["id"]
        await camp.book(event, "ann")
        waiting = await camp.book(event, "ben")
        assert (await camp.assign(event, group, waiting)).json()["code"] == "not_confirmed"
        assert (await camp.assign(event, group, await camp.book(other, "cid"))).json()["code"] == "unknown_booking"
        assert (await camp.assign(event, group, unknown)).json()["code"] == "unknown_booking"
        assert (await camp.assign(event, unknown, await camp.book(event, "ann"))).json()["code"] == "unknown_group"


async def test_a_boat_bears_so_much_and_a_seat_is_taken_once(run):
    async with run() as camp:
        event = await camp.event()
        group = (await camp.group(event, weight=150)).json()["id"]
        ann, ben = await camp.book(event, "ann"), await camp.book(event, "ben")
        assert (await camp.assign(event, group, ann, weight=80, seat=2)).json()["seat"] == 2
        assert (await camp.assign(event, group, ben, weight=80)).json()["code"] == "too_heavy"
        assert (await camp.assign(event, group, ben, weight=60, seat=2)).json()["code"] == "seat_taken"
        assert (await camp.assign(event, group, ben, weight=60)).json()["seat"] == 1
        path = f"/v1/crews/{event}/groups/{group}"
        small = await camp.app.patch(path, json={"capacity": 1}, user="olga", roles=["organizer"])
        assert small.json()["code"] == "capacity_taken"


async def test_an_automatic_assignment_heeds_wishes(run):
    async with run() as camp:
        event = await camp.event()
        await camp.group(event, "boat 1", 3)
        await camp.group(event, "boat 2", 2)
        bookings = {user: await camp.book(event, user) for user in ("ann", "ben", "cid", "dan")}
        await camp.wish(event, "ann", dan="together", ben="apart")
        await camp.wish(event, "dan", ann="together")
        body = {"kind": "boat", "booking_ids": list(bookings.values())}
        path = f"/v1/crews/{event}/assignments/automatic"
        for _ in range(2):
            answer = await camp.app.post(path, json=body, user="olga", roles=["organizer"])
            assert answer.status_code == 200, answer.text
        board = await camp.board(event)
        assert sorted(user for users in board.values() for user in users) == ["ann", "ben", "cid", "dan"]
        [of_ann] = [users for users in board.values() if "ann" in users]
        assert "dan" in of_ann
        assert "ben" not in of_ann


async def test_a_boat_is_never_filled_with_people_whose_weight_nobody_said(run):
    """An unknown weight counted as 0: a boat for 150 kg was full of people."""
    async with run() as camp:
        event = await camp.event()
        boat = (await camp.group(event, "boat 1", 4, weight=150)).json()["id"]
        bus = (await camp.group(event, "bus", 4, kind="bus")).json()["id"]
        ann, ben, cid, dan = [await camp.book(event, user) for user in ("ann", "ben", "cid", "dan")]
        assert (await camp.assign(event, boat, ann)).json()["code"] == "weight_unknown"
        await camp.assign(event, bus, dan, weight=60)
        body = {"kind": "boat", "booking_ids": [ann, ben, cid, dan], "weights": {ben: 80, cid: 90}}
        path = f"/v1/crews/{event}/assignments/automatic"
        answer = await camp.app.post(path, json=body, user="olga", roles=["organizer"])
        assert answer.status_code == 200, answer.text
        assert sorted((await camp.board(event))["boat 1"]) == ["ben", "dan"]  # 80 kg, and 60 kg as the bus has it
        body["weights"] = {boat: 80}
        assert (await camp.app.post(path, json=body, user="olga", roles=["organizer"])).status_code == 422


async def test_the_board_is_the_organizers_alone(run):
    async with run() as camp:
        event = await camp.event()
        answer = await camp.app.get(f"/v1/crews/{event}/board", user="eve", roles=["organizer"])
        assert (answer.status_code, answer.json()["code"]) == (403, "not_owner")
        assert (await camp.app.get(f"/v1/crews/{event}/board", user="eve")).status_code == 403
        assert (await camp.group(event)).status_code == 201
        assert (await camp.group(event)).json()["code"] == "name_taken"
        assert (await camp.wish(event, "ann", ann="together")).status_code == 422


@settings(deadline=None)  # a busy machine is no failure
@example(users=["a", "b", "c"], rooms=[(3, None)], pairs=[("a", "b", False), ("b", "c", False), ("a", "c", True)])
@given(
    users=st.lists(st.sampled_from("abcdefghij"), unique=True),
    rooms=st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(1, 200)), max_size=4),
    pairs=st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij"), st.booleans()), max_size=8),
)
def test_an_automatic_assignment_never_overfills_never_overloads_and_never_joins_who_wants_to_be_apart(
    users, rooms, pairs
):
    apart = frozenset(frozenset(pair[:2]) for pair in pairs if pair[2] and pair[0] != pair[1])
    together = frozenset(frozenset(pair[:2]) for pair in pairs if not pair[2] and pair[0] != pair[1])
    weights = {user: (ord(user) - ord("a")) * 10 or None for user in users}
    free = {f"g{number}": Room(seats, (), bears) for number, (seats, bears) in enumerate(rooms)}
    placed = assign(weights, free, Wishes(together, apart))
    for group, room in free.items():
        members = [user for user, where in placed.items() if where == group]
        assert len(members) <= room.seats
        assert room.weight is None or sum(weights[user] or 1000 for user in members) <= room.weight
        assert not any(frozenset((one, two)) in apart for one in members for two in members if one != two)
    assert set(placed) <= set(users)


def test_a_free_seat_is_the_wanted_one_or_the_first():
    assert free_seat(3, [1], None) == 2
    assert free_seat(3, [1], 1) is None
    assert free_seat(3, [1], 4) is None
    assert free_seat(1, [1]) is None
