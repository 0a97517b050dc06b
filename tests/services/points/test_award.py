"""Awards, one at a time, through the whole service."""

import psycopg
import pytest

AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome"}


async def ask(app, key="k1", caller="auth-service", **changes):
    return await app.post("/v1/awards", caller=caller, key=key, json=AWARD | changes)


async def balance(app, user="user_1"):
    return (await app.get(f"/v1/users/{user}/balance", caller="content-service")).json()["balance"]


def state(url):
    """Return all that the ledger holds."""
    with psycopg.connect(url) as connection:
        tables = ("account", "entry", "posting_key")
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


async def test_an_award_is_an_entry_and_a_balance(service):
    async with service() as app:
        first = await ask(app)
        second = await ask(app, "k2", amount=5)
    assert first.status_code == 201
    assert first.json() == {"entry_id": first.json()["entry_id"], "user_id": "user_1", "amount": 10, "balance": 10}
    assert second.json()["balance"] == 15
    assert second.json()["entry_id"] != first.json()["entry_id"]
    assert "idempotency-replayed" not in second.headers


async def test_the_same_key_again_gets_the_first_answer(service):
    async with service() as app:
        first = await ask(app)
        await ask(app, "k2")
        again = await ask(app)
        assert await balance(app) == 20
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_meaning_is_compared_not_the_bytes(service):
    text = '{ "reason": "welcome", "amount": 10, "occurred_at": "2026-01-01T02:00:00+02:00", "user_id": "user_1" }'
    async with service() as app:
        first = await ask(app, occurred_at="2026-01-01T00:00:00Z")
        headers = {"content-type": "application/json"}
        again = await app.post("/v1/awards", caller="auth-service", key="k1", content=text, headers=headers)
    assert again.json() == first.json()


@pytest.mark.parametrize(
    "change", [{"amount": 11}, {"user_id": "user_2"}, {"reason": "why"}, {"occurred_at": "2026-01-01T00:00:00Z"}]
)
async def test_a_key_with_another_body_is_refused(service, database_url, change):
    async with service() as app:
        await ask(app)
        before = state(database_url)
        again = await ask(app, **change)
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")
    assert state(database_url) == before


async def test_a_key_belongs_to_its_caller(service):
    async with service() as app:
        assert (await ask(app, caller="auth-service")).json()["balance"] == 10
        assert (await ask(app, caller="content-service")).json()["balance"] == 20


async def test_beyond_the_cap_there_is_nothing_until_the_window_has_passed(service, database_url):
    async with service(points_velocity_cap=25, points_velocity_window_seconds=60) as app:
        await ask(app, "k1")
        await ask(app, "k2")
        before = state(database_url)
        refused = await ask(app, "k3")
        assert (refused.status_code, refused.json()["code"]) == (429, "velocity_cap")
        assert 58 <= int(refused.headers["retry-after"]) <= 60
        assert state(database_url) == before
        assert (await ask(app, "k4", amount=5)).status_code == 201
        assert (await ask(app, "k5", user_id="user_2")).status_code == 201


async def test_what_was_refused_is_granted_when_there_is_room(service, database_url):
    async with service(points_velocity_cap=10, points_velocity_window_seconds=60) as app:
        await ask(app, "k1")
        refused = await ask(app, "k2")
        with psycopg.connect(database_url) as connection:  # a minute goes by
            connection.execute("ALTER TABLE entry DISABLE TRIGGER entry_is_final")
            connection.execute("UPDATE entry SET created_at = created_at - interval '61 seconds'")
        granted = await ask(app, "k2")
    assert (refused.status_code, granted.status_code) == (429, 201)
    assert "idempotency-replayed" not in granted.headers


async def test_retry_after_is_when_enough_has_left_the_window(service, database_url):
    async with service(points_velocity_cap=30, points_velocity_window_seconds=100) as app:
        for n in range(3):
            await ask(app, f"k{n}")
        with psycopg.connect(database_url) as connection:  # the three are now 60, 40 and 20 seconds old
            connection.execute("ALTER TABLE entry DISABLE TRIGGER entry_is_final")
            connection.execute(
                "UPDATE entry SET created_at = clock_timestamp() - (80 - 20 * seq) * interval '1 second'"
            )
        waits = [int((await ask(app, f"w{n}", amount=n)).headers["retry-after"]) for n in (1, 10, 11, 20, 30, 31)]
    assert waits == [40, 40, 60, 60, 80, 100]


async def test_an_award_above_the_cap_leaves_no_account_behind(service, database_url):
    async with service(points_velocity_cap=9) as app:
        before = state(database_url)
        assert (await ask(app)).status_code == 429
    assert state(database_url) == before


async def test_a_changed_cap_is_judged_from_the_next_start(service):
    async with service(points_velocity_cap=10) as app:
        await ask(app, "k1")
    async with service(points_velocity_cap=20) as app:
        assert (await ask(app, "k2")).status_code == 201
        assert (await ask(app, "k3")).status_code == 429


async def test_a_balance_stays_within_what_json_can_say(service):
    largest = 2**53
    async with service(points_velocity_cap=2**60) as app:
        assert (await ask(app, "k1", amount=largest)).json()["balance"] == largest
        refused = await ask(app, "k2", amount=1)
        assert refused.json()["code"] == "velocity_cap"  # a cap above 2^53 means 2^53


async def test_a_balance_above_2_to_the_53_is_refused(service, database_url):
    async with service(points_velocity_cap=2**53, points_velocity_window_seconds=1) as app:
        await ask(app, "k1", amount=2**53)
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE entry DISABLE TRIGGER entry_is_final")
            connection.execute("UPDATE entry SET created_at = created_at - interval '61 seconds'")
        refused = await ask(app, "k2", amount=1)
    assert (refused.status_code, refused.json()["code"]) == (422, "balance_limit")


async def test_a_clock_that_was_set_back_gives_no_room(service, database_url):
    async with service(points_velocity_cap=15, points_velocity_window_seconds=60) as app:
        await ask(app, "k1")
        with psycopg.connect(database_url) as connection:  # what came first was stamped in what is now the future
            connection.execute("ALTER TABLE entry DISABLE TRIGGER entry_is_final")
            connection.execute("UPDATE entry SET created_at = created_at + interval '1 hour'")
            connection.execute("UPDATE account SET moved_at = moved_at + interval '1 hour'")
        assert (await ask(app, "k2")).status_code == 429
        assert (await ask(app, "k3", amount=5)).status_code == 201
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT created_at FROM entry ORDER BY seq").fetchall()
    assert rows == sorted(set(rows))
