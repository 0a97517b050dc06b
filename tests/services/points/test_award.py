"""Awards, one at a time, through the whole service."""

AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome"}


async def ask(app, key="k1", caller="auth-service", **changes):
    return await app.post("/v1/awards", caller=caller, key=key, json=AWARD | changes)


async def test_an_award_is_an_entry_and_a_balance(service):
    async with service() as app:
        first = await ask(app)
        second = await ask(app, "k2", amount=5)
    assert first.status_code == 201
    assert first.json() == {"entry_id": first.json()["entry_id"], "user_id": "user_1", "amount": 10, "balance": 10}
    assert second.json()["balance"] == 15
    assert second.json()["entry_id"] != first.json()["entry_id"]
