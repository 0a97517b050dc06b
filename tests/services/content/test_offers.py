"""Offers: a freed seat waits for the next in line, and passes on when they do not come."""

from datetime import datetime, timedelta

from stead.kit.database import Database
from stead.services.content.expired_offers import EndedOffers
from stead.services.content.rewards import Rewards
from stead.services.content.seating import SeatMap

END = "UPDATE registration SET offered_until = now() - interval '1 second' WHERE status = 'offered'"


async def filled(house):
    event = await house.announce(capacity=1, promotion="offer")
    for user in ("ann", "bob", "cid"):
        await house.register(event, user)
    await house.cancel(event, "ann")
    return event


async def test_a_freed_seat_is_offered_and_taken(run, hold):
    async with run() as house:
        event = await filled(house)
        offered = (await house.standing(event, "bob")).json()
        assert (offered["status"], offered["position"]) == ("offered", None)
        assert datetime.fromisoformat(offered["offered_until"]).tzinfo is not None
        assert await house.seats(event) == (0, 2)
        assert await house.status(event, "dan") == (201, "waitlisted")  # a promised seat is no free seat
        assert await house.status(event, "bob") == (200, "registered")
        assert await house.seats(event) == (1, 2)
    hold()


async def test_an_offer_that_was_not_taken_passes_on(run, rows, hold):
    async with run() as house:
        event = await filled(house)
        rows(END)
        assert await house.status(event, "dan") == (201, "waitlisted")  # whoever comes by makes the offer pass on
        assert (await house.standing(event, "cid")).json()["status"] == "offered"
        assert (await house.standing(event, "bob")).status_code == 404
        assert await house.status(event, "bob") == (201, "waitlisted")  # too late: to the end of the line
        assert (await house.standing(event, "bob")).json()["position"] == 2
    hold()


async def test_an_offer_to_the_last_in_line_leaves_the_seat_to_anyone(run, rows, hold):
    async with run() as house:
        event = await filled(house)
        for _ in range(2):
            rows(END)
            await house.change(event, title="Meeting")
        assert await house.seats(event) == (0, 0)
        assert await house.status(event, "dan") == (201, "registered")
    hold()


async def test_declining_an_offer_passes_it_on(run, hold):
    async with run() as house:
        event = await filled(house)
        assert (await house.cancel(event, "bob")).status_code == 204
        assert (await house.standing(event, "cid")).json()["status"] == "offered"
    hold()


async def test_an_offer_ends_when_the_event_starts(run):
    async with run(CONTENT_OFFER_SECONDS="864000") as house:
        event = await filled(house)
        starts_at = (await house.app.get(f"/v1/events/{event}")).json()["starts_at"]
        until = (await house.standing(event, "bob")).json()["offered_until"]
        assert datetime.fromisoformat(until) == datetime.fromisoformat(starts_at)


async def test_promised_seats_count_against_a_smaller_capacity(run, hold):
    async with run() as house:
        event = await house.announce(capacity=2, promotion="offer")
        for user in ("ann", "bob", "cid"):
            await house.register(event, user)
        await house.cancel(event, "ann")
        assert (await house.change(event, capacity=1)).json()["code"] == "capacity_taken"
        assert (await house.change(event, promotion="automatic")).status_code == 200
        assert (await house.standing(event, "cid")).json()["status"] == "offered"  # a promise is kept
    hold()


async def test_a_capacity_may_shrink_by_what_ended_offers_leave(run, rows, hold):
    async with run() as house:
        event = await house.announce(capacity=2, promotion="offer")
        for user in ("ann", "bob", "cid"):
            await house.register(event, user)
        await house.cancel(event, "ann")
        rows(END)
        changed = await house.change(event, capacity=1)
        assert (changed.status_code, changed.json()["capacity"]) == (200, 1)
        assert await house.seats(event) == (1, 0)
    hold()


async def test_the_sweep_passes_offers_on_when_nobody_comes_by(run, rows, hold, database_url):
    async with run() as house:
        event = await filled(house)
        rows(END)
        database = Database(database_url, size=2)
        await database.open()
        ended = EndedOffers(database, SeatMap(Rewards(None, 1), timedelta(hours=1)))
        assert (await ended.pass_on(), await ended.pass_on()) == (1, 0)
        await database.close()
        assert (await house.standing(event, "cid")).json()["status"] == "offered"
    hold()
