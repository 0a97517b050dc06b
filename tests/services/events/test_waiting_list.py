"""The waiting list: first in, first out; a freed seat is offered exactly once, and can be declined."""

import asyncio

LAPSE = "UPDATE booking SET until = now() - interval '1 second' WHERE until IS NOT NULL"


async def statuses(club, *bookings):
    return [await club.status(each) for each in bookings]


async def test_a_cancelled_seat_is_offered_to_the_first_in_line_and_accepted(run):
    """pretix#1405: a cancelled seat is not freed."""
    async with run() as club:
        event = await club.event()
        ann = await club.confirmed(event, "ann")
        bob, cid = await club.booking(event, "bob"), await club.booking(event, "cid")
        assert (await club.app.get(f"/v1/bookings/{cid['id']}", user="cid")).json()["position"] == 2
        await club.cancel(ann)
        assert await statuses(club, bob, cid) == ["offered", "waiting"]
        taken = (await club.accept(bob)).json()
        assert (taken["status"], taken["price"]) == ("pending", 10000)
        assert (await club.confirm(bob)).json()["status"] == "confirmed"


async def test_a_declined_offer_goes_to_the_next(run):
    async with run() as club:
        event = await club.event()
        ann = await club.confirmed(event, "ann")
        bob, cid = await club.booking(event, "bob"), await club.booking(event, "cid")
        await club.cancel(ann)
        await club.cancel(bob)
        assert await statuses(club, bob, cid) == ["cancelled", "offered"]
        assert (await club.app.get(f"/v1/bookings/{bob['id']}", user="bob")).json()["reason"] == "declined"


async def test_an_offer_that_ends_goes_to_the_next_and_cannot_be_accepted(run, rows):
    async with run() as club:
        event = await club.event()
        ann = await club.confirmed(event, "ann")
        bob, cid = await club.booking(event, "bob"), await club.booking(event, "cid")
        await club.cancel(ann)
        rows(LAPSE)
        assert (await club.accept(bob)).json()["code"] == "not_offered"
        await club.change(event, capacity=1)
        assert await statuses(club, bob, cid) == ["expired", "offered"]


async def test_a_seat_is_never_offered_twice_when_many_cancel_at_once(run, rows):
    """pretix#1163: a seat is offered twice."""
    async with run() as club:
        event = await club.event(capacity=5)
        seated = [await club.confirmed(event, f"seated_{number}") for number in range(5)]
        waiting = [await club.booking(event, f"waiting_{number}") for number in range(8)]
        await asyncio.gather(*(club.cancel(each) for each in seated))
        assert await statuses(club, *waiting) == ["offered"] * 5 + ["waiting"] * 3


async def test_nothing_is_offered_after_sales_have_closed(run, rows):
    """pretix#681: a seat is offered after sales have closed."""
    async with run() as club:
        event = await club.event()
        ann, bob = await club.confirmed(event, "ann"), await club.booking(event, "bob")
        rows("UPDATE event SET starts_at = now() - interval '1 hour'")
        await club.cancel(ann)
        assert await club.status(bob) == "waiting"


async def test_a_new_booking_does_not_pass_the_line(run):
    """pretix#2119: the first in line is skipped."""
    async with run() as club:
        event = await club.event(capacity=1)
        await club.confirmed(event, "ann")
        bob = await club.booking(event, "bob")
        await club.change(event, capacity=2)
        assert await club.status(bob) == "offered"
        assert (await club.booking(event, "cid"))["status"] == "waiting"


async def test_capacity_goes_up_with_offers_and_never_below_what_is_taken(run):
    async with run() as club:
        event = await club.event(capacity=2)
        await club.confirmed(event, "ann")
        await club.booking(event, "bob")
        refused = await club.change(event, capacity=1)
        assert (refused.status_code, refused.json()["code"], refused.json()["taken"]) == (409, "capacity_taken", 2)
        cid = await club.booking(event, "cid")
        assert (await club.change(event, capacity=5)).json()["free"] == 2
        assert await club.status(cid) == "offered"


async def test_an_offer_accepted_many_times_at_once_is_one_held_seat(run, rows):
    async with run() as club:
        event = await club.event()
        ann, bob = await club.confirmed(event, "ann"), await club.booking(event, "bob")
        await club.cancel(ann)
        answers = await asyncio.gather(*(club.accept(bob) for _ in range(8)))
        assert {(answer.status_code, answer.json()["status"], answer.json()["until"]) for answer in answers} == {
            (200, "pending", answers[0].json()["until"])
        }
    assert len(rows("SELECT FROM audit WHERE action = 'accepted'")) == 1
