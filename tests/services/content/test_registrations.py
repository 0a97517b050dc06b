"""Registrations: seats, the line, promotion, and that no race breaks them."""

import asyncio
from random import Random

import pytest

from services.content.conftest import EDITOR
from services.crowd import until_served


async def test_a_seat_then_the_line_then_the_seat_that_was_freed(run, hold):
    async with run() as house:
        event = await house.announce(capacity=1)
        first = await house.register(event, "ann")
        assert (first.status_code, first.json()) == (201, {"status": "registered", "points": None})
        assert await house.status(event, "bob") == (201, "waitlisted")
        assert await house.status(event, "cid") == (201, "waitlisted")
        assert await house.seats(event) == (1, 2)
        assert (await house.standing(event, "cid")).json()["position"] == 2
        gone = await house.cancel(event, "ann")
        assert (gone.status_code, gone.content) == (204, b"")
        assert await house.seats(event) == (1, 1)
        assert (await house.standing(event, "bob")).json()["status"] == "registered"
        assert (await house.standing(event, "cid")).json()["position"] == 1
    hold()


async def test_registering_again_says_how_one_stands(run, rows):
    async with run() as house:
        event = await house.announce(capacity=1)
        assert await house.status(event, "ann") == (201, "registered")
        assert await house.status(event, "ann") == (200, "registered")
        assert await house.status(event, "bob") == (201, "waitlisted")
        assert await house.status(event, "bob") == (200, "waitlisted")
    assert len(rows("SELECT FROM registration")) == 2


async def test_cancelling_is_idempotent_and_one_may_come_back_to_the_end_of_the_line(run, hold):
    async with run() as house:
        event = await house.announce(capacity=1)
        assert (await house.cancel(event, "ann")).status_code == 204
        for user in ("ann", "bob", "cid"):
            await house.register(event, user)
        for _ in range(2):
            assert (await house.cancel(event, "ann")).status_code == 204
        assert await house.status(event, "ann") == (201, "waitlisted")
        assert (await house.standing(event, "ann")).json()["position"] == 2
        assert (await house.cancel(event, "cid")).status_code == 204  # out of the middle of the line
        assert (await house.standing(event, "ann")).json()["position"] == 1
        missing = await house.standing(event, "cid")
        assert (missing.status_code, missing.json()["code"]) == (404, "unknown_registration")
    hold()


async def test_more_capacity_moves_people_up_in_order(run, hold):
    async with run() as house:
        event = await house.announce(capacity=1)
        for number in range(5):
            await house.register(event, f"user_{number}")
        changed = (await house.change(event, capacity=3)).json()
        assert (changed["registered"], changed["waitlisted"]) == (3, 2)
        standings = [(await house.standing(event, f"user_{number}")).json()["status"] for number in range(5)]
        assert standings == ["registered"] * 3 + ["waitlisted"] * 2
        changed = (await house.change(event, capacity=30)).json()
        assert (changed["registered"], changed["waitlisted"]) == (5, 0)
    hold()


async def test_an_event_that_has_started_takes_nobody(run, rows, hold):
    async with run() as house:
        event = await house.announce(capacity=1)
        await house.register(event, "ann")
        await house.register(event, "bob")
        rows("UPDATE event SET starts_at = now() - interval '1 second'")
        assert await house.status(event, "cid") == (409, "event_started")
        assert await house.status(event, "ann") == (200, "registered")
        assert (await house.cancel(event, "ann")).status_code == 204
        assert (await house.standing(event, "bob")).json()["status"] == "waitlisted"
        postponed = (await house.change(event, starts_at="2030-01-01T00:00:00Z")).json()
        assert (postponed["registered"], postponed["waitlisted"]) == (1, 0)
    hold()


async def test_a_key_registers_once(run, rows):
    async with run() as house:
        event = await house.announce()
        first = await house.register(event, "ann", key="k")
        again = await house.register(event, "ann", key="k")
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert (await house.register(await house.announce(), "ann", key="k")).json()["code"] == "idempotency_key_reused"
    assert len(rows("SELECT FROM registration")) == 1


async def test_fifty_for_ten_seats_at_once(run, rows, hold):
    async with run() as house:
        event = await house.announce(capacity=10)
        answers = await asyncio.gather(*(house.status(event, f"user_{number}") for number in range(50)))
        assert answers.count((201, "registered")) == 10
        assert answers.count((201, "waitlisted")) == 40
        assert await house.seats(event) == (10, 40)
    places = rows("SELECT status FROM registration ORDER BY place")
    assert [row["status"] for row in places] == ["registered"] * 10 + ["waitlisted"] * 40
    hold()


async def test_one_user_many_times_at_once_is_there_once(run, rows, hold):
    async with run() as house:
        event = await house.announce(capacity=10)
        answers = await asyncio.gather(*(house.status(event, "ann") for _ in range(30)))
        assert sorted(answers) == [(200, "registered")] * 29 + [(201, "registered")]
    assert len(rows("SELECT FROM registration")) == 1
    hold()


@pytest.mark.parametrize("promotion", ["automatic", "offer", "manual"])
@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_breaks_nothing(run, rows, hold, promotion, seed):
    chance = Random(seed)
    async with run() as house:
        event = await house.announce(capacity=5, promotion=promotion)
        for _ in range(8):
            await asyncio.gather(*(one_of(house, event, chance) for _ in range(20)))
            hold()
            if promotion == "offer":
                rows("UPDATE registration SET offered_until = now() - interval '1 hour' WHERE status = 'offered'")
    double = "SELECT FROM registration WHERE ended_at IS NULL GROUP BY event_id, user_id HAVING count(*) > 1"
    assert rows(double) == []


async def one_of(house, event, chance):
    user = f"user_{chance.randrange(15)}"
    if chance.random() < 0.1:
        order = {"user_id": user}
        promoted = await until_served(lambda: house.app.post(f"/v1/events/{event}/promotions", json=order, **EDITOR))
        assert promoted.status_code in (200, 404, 409)
        return
    act = chance.choice([house.register, house.register, house.cancel, house.change])
    how = {"capacity": chance.randint(3, 8)} if act == house.change else {"user": user}
    answer = await until_served(lambda: act(event, **how))
    assert answer.status_code in ((200, 409) if act == house.change else (200, 201, 204)), answer.text
