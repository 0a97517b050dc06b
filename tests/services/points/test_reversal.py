"""Taking points back: whole or in parts, never more than was given."""

from functools import partial

import psycopg
import pytest

from services.crowd import crowd
from stead.services.points.replay import replay


async def give(app, key="k1", amount=10, user="user_1"):
    body = {"user_id": user, "amount": amount, "reason": "welcome"}
    return (await app.post("/v1/awards", caller="auth-service", key=key, json=body)).json()["entry_id"]


async def take(app, entry, key="r1", amount=None, caller="content-service", reason="cancelled"):
    body = {"reason": reason} | ({"amount": amount} if amount is not None else {})
    return await app.post(f"/v1/entries/{entry}/reversals", caller=caller, key=key, json=body)


async def test_a_whole_award_is_taken_back_once(service):
    async with service() as app:
        entry = await give(app)
        done = await take(app, entry)
        assert done.status_code == 201
        assert done.json() == {
            "entry_id": done.json()["entry_id"],
            "reverses": entry,
            "user_id": "user_1",
            "amount": 10,
            "balance": 0,
            "remainder": 0,
        }
        more = await take(app, entry, "r2")
    assert (more.status_code, more.json()["code"]) == (409, "already_reversed")


async def test_in_parts_up_to_the_remainder(service, database_url):
    async with service() as app:
        entry = await give(app)
        await give(app, "k2")
        part = (await take(app, entry, "r1", 4)).json()
        assert (part["amount"], part["balance"], part["remainder"]) == (4, 16, 6)
        beyond = await take(app, entry, "r2", 7)
        assert (beyond.status_code, beyond.json()["code"]) == (409, "exceeds_remainder")
        rest = (await take(app, entry, "r3")).json()
        assert (rest["amount"], rest["balance"], rest["remainder"]) == (6, 10, 0)
    assert replay(database_url).clean


async def test_the_same_key_again_gets_the_first_answer(service):
    async with service() as app:
        entry = await give(app)
        first = await take(app, entry, "r1", 4)
        await take(app, entry, "r2", 1)
        again = await take(app, entry, "r1", 4)
        other = await take(app, entry, "r1", 5)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_awards_and_reversals_share_a_callers_keys(service):
    async with service() as app:
        entry = await give(app)
        refused = await take(app, entry, "k1", caller="auth-service")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


async def test_what_was_taken_back_gives_no_room(service):
    async with service(points_velocity_cap=10) as app:
        await take(app, await give(app))
        body = {"user_id": "user_1", "amount": 1, "reason": "again"}
        assert (await app.post("/v1/awards", caller="auth-service", key="k2", json=body)).status_code == 429


async def test_only_an_award_is_reversed(service):
    async with service() as app:
        done = (await take(app, await give(app))).json()
        refused = await take(app, done["entry_id"], "r2")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_reversible")


@pytest.mark.parametrize("entry", ["1-2", "9-1", "x", "0-1", "1-01", f"{'9' * 30}-1", "%00", "1-1%0A"])
async def test_an_entry_that_is_not_there(service, entry):
    async with service() as app:
        await give(app)
        refused = await take(app, entry)
    assert (refused.status_code, refused.json()["code"]) == (404, "entry_unknown")


async def test_points_that_are_spent_stay_spent(service, database_url):
    async with service() as app:
        entry = await give(app)
        with psycopg.connect(database_url) as connection:  # no route spends yet; the ledger reckons with it
            connection.execute("""
                INSERT INTO entry SELECT account, 2, -7, 3, earned, created_at + interval '1 second', NULL, NULL, NULL,
                    'spend', 'sink', 'a shop' FROM entry
            """)
            connection.execute("UPDATE account SET balance = 3, version = 2, moved_at = moved_at + interval '1 second'")
        assert replay(database_url).clean
        refused = await take(app, entry)
        assert (refused.status_code, refused.json()["code"]) == (409, "points_spent")
        assert (await take(app, entry, "r2", 3)).json()["balance"] == 0


async def test_of_many_at_once_only_the_remainder_is_taken(service, database_url):
    async with service() as app:
        entry = await give(app)
        wholes = await crowd(*(partial(take, app, entry, f"w{n}", 3) for n in range(12)))
        assert sorted(answer.status_code for answer in wholes) == [201] * 3 + [409] * 9
        same = await crowd(*[partial(take, app, entry, "same")] * 12)
    assert {answer.status_code for answer in same} == {201}
    assert len({answer.json()["entry_id"] for answer in same}) == 1
    report = replay(database_url)
    assert (report.clean, report.subject) == (True, "5 entries")


async def test_one_key_for_two_accounts_at_once_is_one_entry(service, database_url):
    async with service() as app:
        entries = [await give(app, f"k{n}", user=f"user_{n}") for n in range(8)]
        answers = await crowd(*(partial(take, app, entry, "one") for entry in entries))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    assert replay(database_url).clean
