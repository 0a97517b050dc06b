"""Many awards in one request: each is judged on its own."""

import psycopg
import pytest

from stead.services.points.replay import replay


def item(key, user="user_1", amount=10, **more):
    return {"key": key, "user_id": user, "amount": amount, "reason": "batch", **more}


async def ask(app, *items, caller="auth-service"):
    return await app.post("/v1/awards/batch", caller=caller, json={"awards": items})


async def test_every_award_has_its_result_in_order(service, database_url):
    async with service(points_velocity_cap=25) as app:
        await ask(app, item("old", "user_3"))
        answer = await ask(
            app,
            item("a"),
            item("b", "user_2", 26),
            item("c", amount=16),
            item("old", "user_3"),
            item("d", amount=15, occurred_at="2026-01-01T00:00:00Z"),
        )
    assert answer.status_code == 200
    a, b, c, old, d = answer.json()["results"]
    assert (a["key"], a["status"], a["balance"], a["replayed"]) == ("a", 201, 10, False)
    assert (b["status"], b["code"], b["retry_after"]) == (429, "velocity_cap", 86_400)
    assert (c["status"], c["code"]) == (429, "velocity_cap")  # 10 + 16 do not fit …
    assert (d["status"], d["balance"]) == (201, 25)  # … and 10 + 15 after it do
    assert (old["status"], old["replayed"], old["balance"]) == (201, True, 10)
    assert "entry_id" not in b
    assert replay(database_url).clean


async def test_a_batch_again_is_the_first_one(service):
    async with service() as app:
        first = (await ask(app, *(item(f"k{n}", f"user_{n % 7}") for n in range(256)))).json()["results"]
        again = (await ask(app, *(item(f"k{n}", f"user_{n % 7}") for n in range(256)))).json()["results"]
    assert all(result["status"] == 201 and not result["replayed"] for result in first)
    assert again == [result | {"replayed": True} for result in first]


async def test_alone_and_in_a_batch_is_the_same_award(service):
    async with service() as app:
        body = {"user_id": "user_1", "amount": 10, "reason": "batch"}
        alone = (await app.post("/v1/awards", caller="auth-service", key="k1", json=body)).json()
        same, other = (await ask(app, item("k1"), item("k2", amount=1))).json()["results"]
        reused = (await ask(app, item("k2", amount=2))).json()["results"][0]
    assert (same["entry_id"], same["replayed"]) == (alone["entry_id"], True)
    assert other["balance"] == 11
    assert (reused["status"], reused["code"]) == (422, "idempotency_key_reused")


async def test_one_that_the_database_rejects_spoils_no_other(service, database_url):
    async with service() as app:
        await ask(app, item("before"))
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE entry ADD CHECK (amount <> 13)")
        results = (await ask(app, item("a"), item("b", amount=13), item("c"))).json()["results"]
    assert [(result["status"], result.get("code")) for result in results] == [
        (201, None),
        (500, "internal"),
        (201, None),
    ]
    assert replay(database_url).clean


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ([], "$.awards"),
        ([item(f"k{n}") for n in range(257)], "$.awards"),
        ([item("a"), item("a")], "$"),
        ([item("a"), item("b", amount=0)], "$.awards[1].amount"),
        ([item("a"), {"user_id": "u", "amount": 1, "reason": "r"}], "$.awards[1].key"),
    ],
)
async def test_a_batch_that_cannot_be_read_does_nothing(service, database_url, items, path):
    async with service() as app:
        answer = await ask(app, *items)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")
        assert path in [error["path"] for error in answer.json()["errors"]]
    assert replay(database_url).subject == "0 entries"
