"""Points for registrations: delivered by the outbox to a real points service, behind a gate that fails at will."""

import asyncio
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from services.crowd import until_served
from stead.kit.database import Database
from stead.kit.outbox import Outbox
from stead.services.content.delivery import Delivery
from stead.services.content.registrations import Registrations
from stead.services.content.rewards import AWARD, REVERSE, AwardDue, ReversalDue, Rewards
from stead.services.content.seating import SeatMap

LEFT = "SELECT status, attempts FROM procrastinate_jobs"


async def until(true, seconds=15.0):
    """Wait until an async condition holds."""
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.02)


async def settled(rows, points, number=1):
    """Wait until so many registrations stand so with their points."""

    async def reached():
        return [row["points"] for row in rows("SELECT points FROM registration")].count(points) == number

    await until(reached)


async def balance(points, user):
    async with points.client() as client:
        return (await client.balance(user)).balance


async def test_a_registration_earns_points_and_a_cancellation_gives_them_back(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        event = await house.announce()
        answer = await house.register(event, "ann")
        assert (answer.status_code, answer.json()) == (201, {"status": "registered", "points": "pending"})
        await settled(rows, "awarded")
        assert await balance(ledger, "ann") == 10
        assert (await house.standing(event, "ann")).json()["points"] == "awarded"
        await house.cancel(event, "ann")
        await settled(rows, "reversed")
        assert await balance(ledger, "ann") == 0
        again = await house.register(event, "ann")  # a new registration, and new points
        assert (again.status_code, again.json()["points"]) == (201, "pending")
        await settled(rows, "awarded")
        assert await balance(ledger, "ann") == 10
        await until(lambda: empty(rows))


async def test_who_moves_up_earns_and_who_waits_does_not(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        automatic, offer = await house.announce(), await house.announce(promotion="offer")
        for event in (automatic, offer):
            await house.register(event, "ann")
            assert (await house.register(event, "bob")).json() == {"status": "waitlisted", "points": None}
            await house.cancel(event, "ann")
        await until(lambda: empty(rows))
        assert await balance(ledger, "bob") == 10
        taken = await house.register(offer, "bob")
        assert (taken.status_code, taken.json()) == (200, {"status": "registered", "points": "pending"})
        await until(lambda: empty(rows))
        assert (await balance(ledger, "ann"), await balance(ledger, "bob")) == (0, 20)


async def test_an_outage_of_points_keeps_nobody_out(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        event = await house.announce()
        ledger.gate.chance = lambda: (503, "unavailable")
        assert (await house.register(event, "ann")).json() == {"status": "registered", "points": "pending"}
        await settled(rows, "sending")
        ledger.gate.chance = None
        await settled(rows, "awarded")
        assert await balance(ledger, "ann") == 10


async def test_cancelled_before_the_award_could_be_delivered(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        event = await house.announce()
        ledger.gate.chance = lambda: "drop"  # it arrives each time, and its answer never does
        await house.register(event, "ann")
        await settled(rows, "sending")
        await house.cancel(event, "ann")
        await until(lambda: arrived(ledger, "/v1/awards"))
        assert not await arrived(ledger, "/reversals")
        ledger.gate.chance = None
        await settled(rows, "reversed")
        assert await balance(ledger, "ann") == 0


async def arrived(ledger, path):
    return any(asked.endswith(path) for asked, _ in ledger.gate.asked)


async def test_an_answer_that_was_lost_does_not_award_twice(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        ledger.gate.faults = ["drop", "drop"]
        await house.register(await house.announce(), "ann")
        await settled(rows, "awarded")
        assert await balance(ledger, "ann") == 10
        assert len(ledger.gate.asked) >= 3
        assert len({key for _, key in ledger.gate.asked if key}) == 1


async def test_the_cap_delays_points(run, rows, points):
    cap = {"POINTS_VELOCITY_CAP": "10", "POINTS_VELOCITY_WINDOW_SECONDS": "1"}
    async with points(**cap) as ledger, run(**ledger.environ) as house:
        for _ in range(2):
            await house.register(await house.announce(), "ann")
        await settled(rows, "awarded", 2)
        assert await balance(ledger, "ann") == 20
        assert len([path for path, _ in ledger.gate.asked if path == "/v1/awards"]) >= 3  # one was put off


@pytest.mark.parametrize(
    ("code", "points_stand"), [("points_spent", "kept"), ("entry_unknown", "kept"), ("already_reversed", "reversed")]
)
async def test_a_reversal_that_is_refused_for_good_is_final(run, rows, points, code, points_stand):
    async with points() as ledger, run(**ledger.environ) as house:
        event = await house.announce()
        await house.register(event, "ann")
        await settled(rows, "awarded")
        ledger.gate.faults = [(409, code)]
        await house.cancel(event, "ann")
        await settled(rows, points_stand)
        await until(lambda: empty(rows))
        assert await balance(ledger, "ann") == 10


async def test_an_award_that_is_refused_for_good_is_final_and_nothing_is_reversed(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        event = await house.announce()
        ledger.gate.faults = [(422, "balance_limit")]
        await house.register(event, "ann")
        await settled(rows, "refused")
        assert (await house.standing(event, "ann")).json()["points"] is None
        await house.cancel(event, "ann")
        await until(lambda: empty(rows))
        assert not await arrived(ledger, "/reversals")


async def test_a_refusal_that_nobody_foresaw_is_tried_again(run, rows, points):
    async with points() as ledger, run(**ledger.environ) as house:
        ledger.gate.faults = [(404, "not_found")]
        await house.register(await house.announce(), "ann")
        await settled(rows, "awarded")


async def test_without_a_points_service_nothing_is_put_into_the_outbox(run, rows):
    async with run() as house:
        event = await house.announce()
        for user in ("ann", "bob"):
            await house.register(event, user)
        await house.cancel(event, "ann")
        assert (await house.standing(event, "bob")).json()["points"] is None
    assert rows(LEFT) == []


async def test_an_award_that_was_never_tried_is_withdrawn_by_the_cancellation(run, rows, points, database_url):
    async with run() as house:
        event = await house.announce()
    async with points() as ledger:
        database = Database(database_url)
        await database.open()
        async with ledger.client() as client:
            delivery = Delivery(database, client)
            handlers = {AWARD: (AwardDue, delivery.award), REVERSE: (ReversalDue, delivery.reverse)}
            outbox = Outbox(database, handlers=handlers)  # not open: nothing is delivered yet
            registrations = Registrations(database, SeatMap(Rewards(outbox, 10), timedelta(hours=1)))
            await database.run(lambda connection: registrations.register(connection, UUID(event), "ann"))
            await database.run(lambda connection: registrations.cancel(connection, UUID(event), "ann"))
            await settled(rows, "withdrawn")
            assert len(rows(LEFT)) == 1  # the award alone: there is nothing to reverse
            await outbox.open()
            await until(lambda: empty(rows))
            await outbox.close()
        await database.close()
        assert ledger.gate.asked == []


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_on_a_bad_network_ends_with_the_points_of_those_who_come(run, rows, hold, points, seed):
    chance = Random(seed)
    async with points() as ledger, run(**ledger.environ) as house:
        events = [await house.announce(capacity=3) for _ in range(2)]
        ledger.gate.chance = lambda: chance.choice(["drop", (503, "unavailable"), None, None])
        for _ in range(3):
            await asyncio.gather(*(one_of(house, events, chance) for _ in range(30)))
        ledger.gate.chance = None
        hold()
        await until(lambda: empty(rows), 30)
        seats = rows("SELECT user_id, count(*) AS seats FROM registration WHERE status = 'registered' GROUP BY user_id")
        due = {row["user_id"]: 10 * row["seats"] for row in seats}
        for user in (f"user_{number}" for number in range(8)):
            assert await balance(ledger, user) == due.get(user, 0), user


async def empty(rows):
    return rows(LEFT) == []


async def one_of(house, events, chance):
    act = chance.choice([house.register, house.register, house.cancel])
    event, user = chance.choice(events), f"user_{chance.randrange(8)}"
    answer = await until_served(lambda: act(event, user))
    assert answer.status_code in (200, 201, 204), answer.text
