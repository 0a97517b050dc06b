"""Transfers: a booking given away by a code, also when the event is sold out; the code works once."""

import asyncio


async def code_of(club, booking):
    answer = await club.app.post(f"/v1/bookings/{booking['id']}/transfers", user=booking["user_id"])
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


async def use(club, code, user):
    return await club.app.post("/v1/transfers", json={"code": code}, user=user)


async def test_a_sold_out_event_can_change_a_name_without_a_seat(run):
    """Hi.Events#823: sold out, a name cannot be changed."""
    async with run() as club:
        event = await club.event()
        booking = await club.confirmed(event, "ann")
        waiting = await club.booking(event, "eve")
        taken = await use(club, await code_of(club, booking), "bob")
        assert (taken.status_code, taken.json()["user_id"], taken.json()["status"]) == (200, "bob", "confirmed")
        assert (await club.read(event))["confirmed"] == 1
        assert await club.status(waiting) == "waiting"


async def test_a_code_used_twice_at_once_works_once(run):
    async with run() as club:
        booking = await club.confirmed(await club.event(), "ann")
        code = await code_of(club, booking)
        answers = await asyncio.gather(*(use(club, code, f"user_{number}") for number in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7


async def test_an_older_code_of_the_first_owner_ends_with_the_transfer(run):
    async with run() as club:
        booking = await club.confirmed(await club.event(), "ann")
        first, second = await code_of(club, booking), await code_of(club, booking)
        assert (await use(club, first, "bob")).status_code == 200
        assert (await use(club, second, "cid")).json()["code"] == "unknown_transfer"


async def test_who_has_a_booking_takes_no_second_one_and_the_code_stays_good(run):
    async with run() as club:
        event = await club.event(capacity=2)
        ann = await club.confirmed(event, "ann")
        await club.booking(event, "bob")
        code = await code_of(club, ann)
        assert (await use(club, code, "bob")).json()["code"] == "already_booked"
        assert (await use(club, code, "cid")).status_code == 200


async def test_only_a_confirmed_booking_can_be_given_away(run):
    async with run() as club:
        booking = await club.booking(await club.event(), "ann")
        answer = await club.app.post(f"/v1/bookings/{booking['id']}/transfers", user="ann")
        assert answer.json()["code"] == "not_transferable"
        assert (await use(club, "made-up", "bob")).json()["code"] == "unknown_transfer"
