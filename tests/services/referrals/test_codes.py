"""Codes: made at the first ask, one live at a time, revoked by a rotation."""

from services.crowd import crowd
from stead.services.referrals import rules

CODE, ROTATE = "/v1/referrals/code", "/v1/referrals/code/rotate"


async def test_the_first_ask_makes_the_code_and_the_next_returns_it(run):
    async with run() as app:
        first = await app.get(CODE, user="ann")
        again = await app.get(CODE, user="ann")
        other = await app.get(CODE, user="bob")
    assert first.status_code == 200
    assert rules.looks_real(first.json()["code"])
    assert again.json() == first.json() != other.json()


async def test_rotation_revokes_the_old_code(run):
    async with run() as app:
        old = (await app.get(CODE, user="ann")).json()["code"]
        rotated = await app.post(ROTATE, user="ann")
        new = rotated.json()["code"]
        assert (rotated.status_code, new != old) == (200, True)
        assert (await app.get(CODE, user="ann")).json() == {"code": new}
        refused = await app.post("/v1/attributions", caller="auth-service", json={"code": old, "referee": "bob"})
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_code")


async def test_a_replayed_rotation_rotates_once(run, rows):
    async with run() as app:
        first = await app.post(ROTATE, user="ann", key="k")
        again = await app.post(ROTATE, user="ann", key="k")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(rows("SELECT FROM code")) == 1


async def test_fifty_first_asks_at_once_make_one_code(run, rows):
    async with run() as app:
        answers = await crowd(*[lambda: app.get(CODE, user="ann")] * 50)
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert len(rows("SELECT FROM code")) == 1


async def test_rotations_and_asks_at_once_leave_one_live_code(run, rows):
    async with run() as app:
        asks = [lambda: app.get(CODE, user="ann")] * 20
        rotations = [lambda: app.post(ROTATE, user="ann")] * 20
        answers = await crowd(*asks, *rotations)
        live = (await app.get(CODE, user="ann")).json()["code"]
    assert {answer.status_code for answer in answers} == {200}
    assert [row["code"] for row in rows("SELECT code FROM code WHERE revoked_at IS NULL")] == [live]
    assert live in {answer.json()["code"] for answer in answers[20:]}
