"""Bookings: never oversold, one active booking a person, holds that end, payments that come late."""

import asyncio
from functools import partial
from uuid import uuid4

import pytest

from services.crowd import crowd

LAPSE = "UPDATE booking SET until = now() - interval '1 second' WHERE until IS NOT NULL"


async def test_a_booking_is_held_for_its_payment_and_confirmed_by_it(run):
    async with run() as club:
        event = await club.event(capacity=2)
        booking = await club.booking(event, "ann")
        assert (booking["status"], booking["price"], booking["currency"]) == ("pending", 10000, "RUB")
        assert booking["until"]
        assert (await club.confirm(booking)).json()["status"] == "confirmed"
        shown = await club.read(event)
        assert (shown["confirmed"], shown["free"], shown["waiting"]) == (1, 1, 0)


async def test_a_free_event_confirms_at_once(run):
    async with run() as club:
        assert (await club.booking(await club.event(price=0), "ann"))["status"] == "confirmed"


async def test_two_hundred_at_once_for_ten_seats_get_ten_seats(run, rows):
    """Hi.Events#1072: an event is oversold."""
    async with run() as club:
        event = await club.event(capacity=10)
        answers = await crowd(
            *(partial(club.book, event, f"user_{number}", key=f"crowd-{number}") for number in range(200))
        )
        statuses = [answer.json()["status"] for answer in answers]
        assert (statuses.count("pending"), statuses.count("waiting")) == (10, 190)
        assert (await club.read(event))["free"] == 0
    places = rows("SELECT place FROM booking WHERE status = 'pending' ORDER BY place")
    assert [row["place"] for row in places] == list(range(1, 11))


async def test_one_person_books_many_times_at_once_and_has_one_active_booking(run, rows):
    async with run() as club:
        event = await club.event(capacity=10)
        answers = await crowd(*[partial(club.book, event, "ann")] * 20)
        assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len(rows("SELECT FROM booking")) == 1


async def test_a_key_books_once(run, rows):
    async with run() as club:
        event = await club.event()
        first, again = await club.book(event, "ann", key="k"), await club.book(event, "ann", key="k")
        assert (again.status_code, again.json()) == (201, first.json())
    assert len(rows("SELECT FROM booking")) == 1


async def test_the_price_is_fixed_at_the_booking(run, rows):
    async with run() as club:
        event = await club.event(capacity=2)
        booking = await club.booking(event, "ann")
        rows("UPDATE event SET price = 999")
        assert (await club.confirm(booking, amount=999)).json()["code"] == "wrong_amount"
        assert (await club.confirm(booking, currency="USD")).json()["code"] == "wrong_amount"
        assert (await club.confirm(booking)).json()["price"] == 10000


async def test_a_hold_that_ends_gives_its_seat_to_the_first_in_line(run, rows):
    async with run() as club:
        event = await club.event()
        ann, bob = await club.booking(event, "ann"), await club.booking(event, "bob")
        assert bob["status"] == "waiting"
        rows(LAPSE)
        cid = await club.booking(event, "cid")
        assert [await club.status(each) for each in (ann, bob, cid)] == ["expired", "offered", "waiting"]


async def test_the_sweep_ends_a_hold_that_nobody_touches(run, rows):
    async with run(EVENTS_SWEEP_SECONDS="0.05") as club:
        booking = await club.booking(await club.event(), "ann")
        rows(LAPSE)
        async with asyncio.timeout(5):
            while await club.status(booking) != "expired":
                await asyncio.sleep(0.05)


async def test_a_payment_after_the_hold_gets_the_seat_when_one_is_left(run, rows):
    async with run() as club:
        event = await club.event()
        booking = await club.booking(event, "ann")
        rows(LAPSE)
        await club.change(event, capacity=1)
        assert await club.status(booking) == "expired"
        assert (await club.confirm(booking)).json()["status"] == "confirmed"


async def test_a_payment_after_the_hold_is_refused_when_no_seat_is_left(run, rows):
    async with run() as club:
        event = await club.event()
        booking = await club.booking(event, "ann")
        rows(LAPSE)
        await club.booking(event, "bob")
        refused = await club.confirm(booking)
        assert (refused.status_code, refused.json()["code"]) == (409, "booking_ended")
        assert (await club.read(event))["free"] == 0


async def test_a_payment_is_counted_once_and_a_second_one_is_refused(run):
    async with run() as club:
        booking, payment = await club.booking(await club.event(), "ann"), str(uuid4())
        answers = await asyncio.gather(*(club.confirm(booking, payment) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert (await club.confirm(booking)).json()["code"] == "already_paid"


async def test_of_many_payments_of_one_booking_at_once_one_confirms_it(run):
    async with run() as club:
        booking = await club.booking(await club.event(capacity=9), "ann")
        answers = await asyncio.gather(*(club.confirm(booking) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_paid"}


async def test_a_payment_of_a_cancelled_booking_is_refused(run):
    async with run() as club:
        booking = await club.booking(await club.event(capacity=9), "ann")
        assert (await club.cancel(booking)).status_code == 204
        assert (await club.confirm(booking)).json()["code"] == "booking_ended"
        again = await club.booking(booking["event_id"], "ann")
        assert again["id"] != booking["id"]


async def test_a_revoked_payment_frees_the_seat_of_its_booking_alone(run):
    async with run() as club:
        event, payment = await club.event(capacity=2), str(uuid4())
        booking = await club.booking(event, "ann")
        await club.confirm(booking, payment)
        path = f"/v1/internal/bookings/{booking['id']}/revocation"
        other = await club.app.post(path, json={"payment_id": str(uuid4())}, caller="auth-service")
        assert other.json()["status"] == "confirmed"
        for _ in range(2):
            gone = await club.app.post(path, json={"payment_id": payment}, caller="auth-service")
            assert gone.json()["status"] == "cancelled"
        assert (await club.read(event))["free"] == 2


async def test_another_persons_booking_does_not_exist(run):
    async with run() as club:
        booking = await club.booking(await club.event(), "ann")
        for answer in (
            await club.app.get(f"/v1/bookings/{booking['id']}", user="eve"),
            await club.cancel(booking, "eve"),
            await club.app.post(f"/v1/bookings/{booking['id']}/acceptance", user="eve"),
            await club.app.post(f"/v1/bookings/{booking['id']}/transfers", user="eve"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_booking")


async def test_nothing_can_be_booked_of_a_draft_or_after_the_start(run, rows):
    async with run() as club:
        draft = await club.event(publish=False)
        assert (await club.book(draft, "ann")).json()["code"] == "sales_closed"
        event = await club.event()
        rows("UPDATE event SET starts_at = now() - interval '1 hour' WHERE id = %s", event)
        assert (await club.book(event, "ann")).json()["code"] == "sales_closed"


@pytest.mark.parametrize("action", ["completed", "no_show"])
async def test_after_the_trip_a_booking_is_completed_or_a_no_show(run, rows, action):
    async with run() as club:
        event = await club.event()
        booking = await club.confirmed(event, "ann")
        path = f"/v1/bookings/{booking['id']}/no-show"
        organizer = {"user": "olga", "roles": ["organizer"]}
        assert (await club.app.post(path, **organizer)).json()["code"] == "not_confirmed"
        rows("UPDATE event SET starts_at = now() - interval '1 hour' WHERE id = %s", event)
        if action == "completed":
            assert (await club.app.post(f"/v1/events/{event}/completion", **organizer)).status_code == 200
        else:
            assert (await club.app.post(path, **organizer)).status_code == 200
        assert await club.status(booking) == action
