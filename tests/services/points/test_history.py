"""Balances and history, for the user and for other services."""

import pytest

from stead.kit.user import User

AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome"}


async def give(app, count, user="user_1"):
    for n in range(count):
        body = {"user_id": user, "amount": n + 1, "reason": f"no. {n + 1}"}
        assert (await app.post("/v1/awards", caller="auth-service", key=f"{user}-{n}", json=body)).status_code == 201


async def test_nobody_has_nothing(service):
    async with service() as app:
        other = await app.get("/v1/users/nobody/balance", caller="content-service")
        mine = await app.get("/v1/points/balance", user="nobody")
        entries = await app.get("/v1/points/entries", user="nobody")
    assert other.json() == mine.json() == {"user_id": "nobody", "balance": 0}
    assert entries.json() == {"entries": [], "next": None}


async def test_a_balance_is_one_users_own(service):
    async with service() as app:
        await give(app, 2)
        await give(app, 1, "user_2")
        assert (await app.get("/v1/points/balance", user="user_1")).json() == {"user_id": "user_1", "balance": 3}
        assert (await app.get("/v1/users/user_2/balance", caller="content-service")).json()["balance"] == 1


async def test_history_is_paged_newest_first(service):
    async with service() as app:
        await give(app, 5)
        await give(app, 1, "user_2")
        pages, after = [], None
        while True:
            params = {"limit": 2} | ({"after": after} if after else {})
            page = (await app.get("/v1/points/entries", user="user_1", params=params)).json()
            pages.append([entry["amount"] for entry in page["entries"]])
            if (after := page["next"]) is None:
                break
    assert pages == [[5, 4], [3, 2], [1]]


async def test_an_entry_tells_all_about_itself(service):
    async with service() as app:
        body = AWARD | {"occurred_at": "2026-01-01T02:00:00+02:00"}
        made = (await app.post("/v1/awards", caller="auth-service", key="k1", json=body)).json()
        path = f"/v1/entries/{made['entry_id']}/reversals"
        undone = await app.post(path, caller="content-service", key="k1", json={"amount": 4, "reason": "mistake"})
        reversal, award = (await app.get("/v1/points/entries", user="user_1")).json()["entries"]
    assert award.pop("created_at") < reversal.pop("created_at")
    assert award == {
        "entry_id": made["entry_id"],
        "kind": "award",
        "amount": 10,
        "balance": 10,
        "reason": "welcome",
        "occurred_at": "2026-01-01T00:00:00Z",
        "reverses": None,
    }
    assert reversal == {
        "entry_id": undone.json()["entry_id"],
        "kind": "reversal",
        "amount": -4,
        "balance": 6,
        "reason": "mistake",
        "occurred_at": None,
        "reverses": made["entry_id"],
    }


async def test_a_cursor_of_somebody_else_shows_nothing(service):
    async with service() as app:
        await give(app, 3)
        await give(app, 3, "user_2")
        theirs = (await app.get("/v1/points/entries", user="user_2")).json()["entries"][0]["entry_id"]
        page = await app.get("/v1/points/entries", user="user_1", params={"after": theirs})
    assert page.json()["entries"] == []


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"after": "x"}, {"after": "1-1\n"}])
async def test_a_parameter_that_does_not_fit_is_named(service, params):
    async with service() as app:
        answer = await app.get("/v1/points/entries", user="user_1", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")
    assert [error["path"] for error in answer.json()["errors"]] == list(params)


async def test_an_api_token_needs_the_scope(service):
    async with service() as app:
        reader = User("user_1", method="token", scopes=frozenset({"points:read"}))
        other = User("user_1", method="token", scopes=frozenset({"events:read"}))
        assert (await app.get("/v1/points/balance", user=reader)).status_code == 200
        assert (await app.get("/v1/points/balance", user=other)).status_code == 403
