"""What does not fit is refused at the door, and nothing of it is a 500."""

import pytest

from stead.services.points.replay import replay

AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome"}

FIELDS = [
    ("amount", 0),
    ("amount", -1),
    ("amount", 2**53 + 1),
    ("amount", 10**30),
    ("amount", 1.5),
    ("amount", "10"),
    ("amount", True),
    ("amount", None),
    ("user_id", ""),
    ("user_id", "u" * 256),
    ("user_id", " a"),
    ("user_id", "a\n"),
    ("user_id", "a\x00"),
    ("user_id", 7),
    ("reason", ""),
    ("reason", "r" * 201),
    ("reason", "a\x00"),
    ("occurred_at", "yesterday"),
    ("occurred_at", "2026-01-01T00:00:00"),
    ("occurred_at", "2026-02-30T00:00:00Z"),
    ("occurred_at", 1767225600),
]


async def send(app, content, **how):
    headers = {"content-type": how.pop("media", "application/json")}
    return await app.post("/v1/awards", caller="auth-service", key="k1", content=content, headers=headers, **how)


async def test_a_field_that_does_not_fit_is_named(service, database_url):
    async with service() as app:
        for name, value in FIELDS:
            answer = await app.post("/v1/awards", caller="auth-service", key="k1", json=AWARD | {name: value})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body"), (name, value)
            assert [error["path"] for error in answer.json()["errors"]] == [f"$.{name}"], (name, value)
        for name in AWARD:
            rest = {key: value for key, value in AWARD.items() if key != name}
            answer = await app.post("/v1/awards", caller="auth-service", key="k1", json=rest)
            assert [error["path"] for error in answer.json()["errors"]] == [f"$.{name}"]
    assert replay(database_url).subject == "0 entries"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"])
async def test_a_time_that_postgresql_or_python_cannot_hold(service, moment):
    async with service() as app:
        answer = await app.post("/v1/awards", caller="auth-service", key="k1", json=AWARD | {"occurred_at": moment})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")


async def test_a_body_that_cannot_be_read(service):
    async with service() as app:
        assert (await send(app, b"{")).status_code == 400
        assert (await send(app, b"[]")).status_code == 422
        assert (await send(app, b'{"user_id":"\\ud800","amount":1,"reason":"r"}')).status_code == 400
        assert (await send(app, b'{"user_id":"u","amount":1,"reason":"r","amuont":2}')).status_code == 422
        assert (await send(app, b"x" * 1_048_577)).status_code == 413
        assert (await send(app, b"a=b", media="text/plain")).status_code == 415


async def test_an_award_needs_a_key_that_is_one(service):
    async with service() as app:
        none = await app.post("/v1/awards", caller="auth-service", json=AWARD)
        assert (none.status_code, none.json()["code"]) == (400, "idempotency_key_required")
        for key in ("", "a b", "k" * 256):
            assert (await app.post("/v1/awards", caller="auth-service", key=key, json=AWARD)).status_code == 400
        reversal = await app.post("/v1/entries/1-1/reversals", caller="auth-service", json={"reason": "r"})
        assert (reversal.status_code, reversal.json()["code"]) == (400, "idempotency_key_required")


async def test_a_user_id_in_a_path_that_cannot_be_one(service):
    async with service() as app:
        for user in ("%00", "%20a", "u" * 256):
            answer = await app.get(f"/v1/users/{user}/balance", caller="auth-service")
            assert (answer.status_code, answer.json().get("code")) == (422, "invalid_parameter"), answer.text


async def test_who_is_not_declared_gets_nothing(service, database_url):
    async with service() as app:
        stranger = await app.post("/v1/awards", caller="stranger-service", key="k1", json=AWARD)
        nobody = await app.post("/v1/awards", key="k1", json=AWARD)
        reader = await app.post("/v1/awards", caller="auth-service", may=["read"], key="k1", json=AWARD)
        forged = await app.get("/v1/points/balance", user="user_1", gateway=False)
        beside = await app.get("/v1/awards", caller="auth-service")
        lost = await app.get("/v1/nothing", caller="auth-service")
    assert [each.status_code for each in (stranger, nobody, reader, forged, beside, lost)] == [
        401,
        401,
        403,
        401,
        405,
        404,
    ]
    assert replay(database_url).subject == "0 entries"


async def test_text_of_any_script_is_kept(service):
    body = AWARD | {"user_id": "пользователь-1", "reason": 'за дружбу "\\ {}, NULL 🎉'}
    async with service() as app:
        assert (await app.post("/v1/awards", caller="auth-service", key="k1", json=body)).status_code == 201
        page = (await app.get("/v1/users/пользователь-1/balance", caller="auth-service")).json()
    assert page == {"user_id": "пользователь-1", "balance": 10}
