"""Tokens over HTTP: made, shown once, listed, ended."""

import asyncio
from datetime import datetime, timedelta

import psycopg

from stead.kit.user import User
from stead.services.tokens import credential

WANTED = {"name": "script", "scopes": ["points:read"]}


async def make(app, user="user_1", key=None, **changes):
    response = await app.post("/v1/tokens", user=user, json={**WANTED, **changes}, key=key)
    assert response.status_code == 201, response.text
    return response.json()


def everything_stored(url):
    """Return all rows of all tables as text."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return "\n".join(
            str(row) for (name,) in names for row in connection.execute(f"SELECT t::text, t.* FROM {name} t").fetchall()
        )


async def test_a_token_is_shown_once_and_stored_as_a_hash(tokens, database_url):
    async with tokens() as app:
        response = await app.post("/v1/tokens", user="user_1", json=WANTED, key="k1")
        made = response.json()
        assert (response.status_code, response.headers["cache-control"]) == (201, "no-store")
        assert credential.is_one(made["token"])
        assert (made["name"], made["scopes"], made["hint"]) == ("script", ["points:read"], made["token"][-4:])
        life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
        assert timedelta(days=90) - timedelta(seconds=5) < life < timedelta(days=90) + timedelta(seconds=5)
        listed = await app.get("/v1/tokens", user="user_1")
        assert made["token"] not in listed.text
        assert listed.json() == {
            "tokens": [{**{name: made[name] for name in made if name != "token"}, "last_used_at": None}]
        }
    stored = everything_stored(database_url)
    assert made["id"] in stored
    assert made["token"] not in stored
    assert made["token"][4:36] not in stored


async def test_a_replay_is_the_same_token_and_does_not_show_it(tokens):
    async with tokens() as app:
        first = await make(app, key="k1")
        again = await app.post("/v1/tokens", user="user_1", json=WANTED, key="k1")
        assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        assert again.json() == {name: first[name] for name in first if name != "token"}
        other = await app.post("/v1/tokens", user="user_1", json={**WANTED, "name": "x"}, key="k1")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert (await make(app, user="user_2", key="k1"))["id"] != first["id"]
        assert len((await app.get("/v1/tokens", user="user_1")).json()["tokens"]) == 1


async def test_a_list_is_of_ones_own_newest_first(tokens):
    async with tokens() as app:
        names = [(await make(app, name=f"t{number}"))["name"] for number in range(3)]
        await make(app, user="user_2")
        listed = (await app.get("/v1/tokens", user="user_1")).json()["tokens"]
        assert [one["name"] for one in listed] == names[::-1]
        assert (await app.get("/v1/tokens", user="user_3")).json() == {"tokens": []}


async def test_a_token_is_ended_by_its_owner_alone(tokens):
    async with tokens() as app:
        made = await make(app)
        path = f"/v1/tokens/{made['id']}"
        stranger = await app.delete(path, user="user_2")
        assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_token")
        assert await is_active(app, made["token"])
        assert [(await app.delete(path, user="user_1")).status_code for _ in range(2)] == [204, 204]
        assert not await is_active(app, made["token"])
        assert (await app.get("/v1/tokens", user="user_1")).json() == {"tokens": []}


async def test_an_id_that_is_none_is_unknown(tokens):
    async with tokens() as app:
        for name in ("tok_unknown", "%00", "a%0Ab", "é", "x" * 3000, "..%2Fx"):
            response = await app.delete(f"/v1/tokens/{name}", user="user_1")
            assert response.status_code == 404, name


async def is_active(app, token):
    response = await app.post("/v1/introspect", caller="auth-service", data={"token": token})
    assert response.status_code == 200
    return response.json()["active"]


BAD = {
    "no name": {"scopes": ["a:read"]},
    "no scopes": {"name": "x"},
    "nothing": {},
    "an empty name": {**WANTED, "name": ""},
    "a name of spaces": {**WANTED, "name": "   "},
    "a long name": {**WANTED, "name": "x" * 101},
    "a name with NUL": {**WANTED, "name": "a\x00b"},
    "a name with a line feed": {**WANTED, "name": "a\n"},
    "a name that is a number": {**WANTED, "name": 5},
    "no scope": {**WANTED, "scopes": []},
    "too many scopes": {**WANTED, "scopes": [f"c{number}:read" for number in range(51)]},
    "a scope without verb": {**WANTED, "scopes": ["points"]},
    "a scope of another verb": {**WANTED, "scopes": ["points:admin"]},
    "a scope with a space": {**WANTED, "scopes": ["points:read points:write"]},
    "a scope with a line feed": {**WANTED, "scopes": ["points:read\n"]},
    "a scope in capitals": {**WANTED, "scopes": ["Points:read"]},
    "scopes as text": {**WANTED, "scopes": "points:read"},
    "no life": {**WANTED, "expires_in_days": 0},
    "a negative life": {**WANTED, "expires_in_days": -1},
    "a life too long": {**WANTED, "expires_in_days": 366},
    "a life far too long": {**WANTED, "expires_in_days": 10**30},
    "a life with a fraction": {**WANTED, "expires_in_days": 1.5},
    "a life that is true": {**WANTED, "expires_in_days": True},
    "something else": {**WANTED, "user_id": "user_2"},
}


async def test_a_token_that_cannot_be_is_refused_with_where(tokens):
    async with tokens() as app:
        for what, body in BAD.items():
            response = await app.post("/v1/tokens", user="user_1", json=body)
            assert response.status_code == 422, what
            assert response.headers["content-type"] == "application/problem+json"
            errors = response.json()["errors"]
            assert errors, what
            assert all(error["path"].startswith("$") for error in errors), what
        assert (await app.get("/v1/tokens", user="user_1")).json() == {"tokens": []}


UNREADABLE = [
    (b"{", "application/json", 400),
    (b"\xff", "application/json", 400),
    (b'{"name": "\\ud800 x", "scopes": ["a:read"]}', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b"name=x", "application/x-www-form-urlencoded", 415),
    (b" " * 1_100_000, "application/json", 413),
]


async def test_a_body_that_cannot_be_read_is_refused(tokens):
    async with tokens() as app:
        for content, media, status in UNREADABLE:
            response = await app.post("/v1/tokens", user="user_1", content=content, headers={"content-type": media})
            assert response.status_code == status, content[:50]


async def test_a_user_has_so_many_live_tokens_and_no_more(tokens, database_url):
    async with tokens(TOKEN_MAX_PER_USER="5") as app:
        responses = await asyncio.gather(*(app.post("/v1/tokens", user="user_1", json=WANTED) for _ in range(20)))
        assert sorted(one.status_code for one in responses) == [201] * 5 + [409] * 15
        assert {one.json()["code"] for one in responses if one.status_code == 409} == {"too_many_tokens"}
        await make(app, user="user_2")
        first, second = [one.json()["id"] for one in responses if one.status_code == 201][:2]
        await app.delete(f"/v1/tokens/{first}", user="user_1")
        await make(app)
        expire(database_url, second)
        await make(app)
        assert (await app.post("/v1/tokens", user="user_1", json=WANTED)).status_code == 409


def expire(url, token_id, ago="1 second"):
    with psycopg.connect(url) as connection:
        query = "UPDATE token SET expires_at = clock_timestamp() - %s::interval WHERE id = %s"
        connection.execute(query, (ago, token_id))


async def test_what_ended_long_ago_is_forgotten_when_the_next_one_is_made(tokens, database_url):
    async with tokens() as app:
        old, recent = await make(app), await make(app)
        expire(database_url, old["id"], "91 days")
        expire(database_url, recent["id"], "89 days")
        new = await make(app)
        listed = (await app.get("/v1/tokens", user="user_1")).json()["tokens"]
        assert {one["id"] for one in listed} == {recent["id"], new["id"]}


async def test_the_longest_life_is_a_setting(tokens):
    async with tokens(TOKEN_MAX_DAYS="10") as app:
        made = await make(app)
        life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
        assert round(life / timedelta(days=1)) == 10
        refused = await app.post("/v1/tokens", user="user_1", json={**WANTED, "expires_in_days": 11})
        assert (refused.status_code, refused.json()["code"]) == (422, "expires_too_late")


async def test_a_token_cannot_make_see_or_end_tokens(tokens):
    async with tokens() as app:
        made = await make(app, scopes=["*"])
        thief = User("user_1", method="token", scopes=frozenset({"*", "tokens:read", "tokens:write"}))
        for response in (
            await app.get("/v1/tokens", user=thief),
            await app.post("/v1/tokens", user=thief, json=WANTED),
            await app.delete(f"/v1/tokens/{made['id']}", user=thief),
        ):
            assert (response.status_code, response.json()["code"]) == (403, "scope_missing")


async def test_without_a_user_or_a_caller_there_is_nothing(tokens):
    async with tokens() as app:
        assert (await app.get("/v1/tokens")).status_code == 401
        assert (await app.get("/v1/tokens", gateway=True)).status_code == 401
        assert (await app.get("/v1/tokens", user="user_1", gateway=False)).status_code == 401
        assert (await app.post("/v1/introspect", data={"token": "x"})).status_code == 401
        undeclared = await app.post("/v1/introspect", caller="stranger", data={"token": "x"})
        assert undeclared.status_code == 401
        fronted = await app.post("/v1/introspect", caller="api-gateway", may=["front"], data={"token": "x"})
        assert fronted.status_code == 403


async def test_the_tokens_of_a_user_who_is_no_more_end_for_good(tokens):
    async with tokens() as app:
        mine, other = await make(app), await make(app, user="user_2")
        assert await is_active(app, mine["token"])
        for _ in range(2):
            ended = await app.post("/v1/revocations", caller="auth-service", json={"user_id": "user_1"})
            assert ended.status_code == 204
        assert not await is_active(app, mine["token"])
        assert await is_active(app, other["token"])
        late = await app.post("/v1/tokens", user="user_1", json=WANTED)
        assert (late.status_code, late.json()["code"]) == (403, "user_deleted")
        for body in ({}, {"user_id": ""}, {"user_id": "a\x00"}, {"user_id": "a "}):
            assert (await app.post("/v1/revocations", caller="auth-service", json=body)).status_code == 422


async def test_no_token_is_made_while_its_user_goes(tokens):
    async with tokens() as app:
        makes = [app.post("/v1/tokens", user="user_1", json=WANTED) for _ in range(10)]
        ends = [app.post("/v1/revocations", caller="auth-service", json={"user_id": "user_1"})]
        responses = await asyncio.gather(*makes[:5], *ends, *makes[5:])
        made = [one.json()["token"] for one in responses if one.status_code == 201]
        assert {one.status_code for one in responses} <= {201, 204, 403}
        assert not any([await is_active(app, token) for token in made])
