"""What is said of a token: to services (RFC 7662), and to the gateway, which asks for each request."""

import asyncio

import psycopg

from stead.services.tokens import credential

WANTED = {"name": "script", "scopes": ["points:read", "events:write"]}
IDENTITY = ["x-user-id", "x-user-roles", "x-session-id", "x-auth-method", "x-user-scopes"]
SAID = {"x-auth-method": "token", "x-user-scopes": "events:write points:read"}
METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


async def make(app, **changes):
    response = await app.post("/v1/tokens", user="user_1", json={**WANTED, **changes})
    assert response.status_code == 201, response.text
    return response.json()


async def introspect(app, token, **more):
    return await app.post("/v1/introspect", caller="auth-service", data={"token": token, **more})


async def authorize(app, *values, method="GET", path="/v1/authorize"):
    """Ask as the gateway does; a header may be there more than once."""
    token = app.token("api-gateway", ["introspect"])
    headers = [("x-service-token", f"Bearer {token}"), *(("authorization", value) for value in values)]
    return await app.client.request(method, path, headers=headers)


def change(url, query, *values):
    with psycopg.connect(url) as connection:
        connection.execute(query, values)


def last_use(url, token_id):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT last_used_at FROM token WHERE id = %s", (token_id,)).fetchone()[0]


async def test_an_active_token_is_described(tokens):
    async with tokens() as app:
        made = await make(app)
        response = await introspect(app, made["token"], token_type_hint="access_token")
        said = response.json()
        assert response.headers["cache-control"] == "no-store"
        assert said["exp"] - said["iat"] == 90 * 86_400
        assert said == {
            "active": True,
            "sub": "user_1",
            "scope": "events:write points:read",
            "exp": said["exp"],
            "iat": said["iat"],
            "token_type": "Bearer",
            "jti": made["id"],
        }


async def test_of_anything_else_nothing_is_said(tokens):
    async with tokens() as app:
        await make(app)
        for token in ("", "hello", "pat_x.y.z", "a\x00b", "é" * 100, credential.new(), credential.new()[:-1]):
            assert (await introspect(app, token)).json() == {"active": False}, token


async def test_of_what_ended_nothing_is_said_either(tokens, database_url):
    async with tokens() as app:
        expired, revoked = await make(app), await make(app)
        change(database_url, "UPDATE token SET expires_at = clock_timestamp() WHERE id = %s", expired["id"])
        await app.delete(f"/v1/tokens/{revoked['id']}", user="user_1")
        for token in (expired["token"], revoked["token"]):
            response = await introspect(app, token)
            assert (response.status_code, response.json()) == (200, {"active": False})


QUESTIONS = [
    (b'{"token": "x"}', "application/json", 415),
    (b"", "application/x-www-form-urlencoded", 422),
    (b"other=x", "application/x-www-form-urlencoded", 422),
    (b"token=x&token=y", "application/x-www-form-urlencoded", 400),
    (b"token=%ff", "application/x-www-form-urlencoded", 400),
    (b"\xff", "application/x-www-form-urlencoded", 400),
]


async def test_the_question_is_a_form_with_one_token(tokens):
    async with tokens() as app:
        for content, media, status in QUESTIONS:
            headers = {"content-type": media}
            response = await app.post("/v1/introspect", caller="auth-service", content=content, headers=headers)
            assert response.status_code == status, content


async def test_the_gateway_is_told_whose_request_it_is_whatever_its_method(tokens):
    async with tokens() as app:
        made = await make(app)
        for method in METHODS:
            allowed = await authorize(app, f"Bearer {made['token']}", method=method)
            assert (allowed.status_code, allowed.content) == (200, b""), method
            said = {name: allowed.headers.get(name) for name in IDENTITY}
            assert said == {**dict.fromkeys(IDENTITY), "x-user-id": "user_1", **SAID}, method
            refused = await authorize(app, "Bearer pat_nobodys", method=method)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer"), method


ODD = [
    [],
    [""],
    ["Bearer"],
    ["Bearer "],
    ["Basic {token}"],
    ["{token}"],
    ["Bearer {token}, Bearer {token}"],
    ["Bearer {token}", "Bearer {token}"],
    ["Bearer {token} x"],
    ["Bearer {token}x"],
]


async def test_a_credential_shown_in_another_way_is_none(tokens):
    async with tokens() as app:
        made = await make(app)
        for values in ODD:
            response = await authorize(app, *(value.format(token=made["token"]) for value in values))
            assert (response.status_code, response.json()["code"]) == (401, "unauthenticated"), values


async def test_a_user_id_of_any_script_arrives_as_it_is(tokens):
    async with tokens() as app:
        service_token = f"Bearer {app.token('api-gateway', ['front'])}".encode()
        who = "пользователь-é".encode()
        headers = [(b"x-service-token", service_token), (b"x-user-id", who), (b"x-auth-method", b"clerk")]
        made = (await app.client.post("/v1/tokens", json=WANTED, headers=headers)).json()
        allowed = await authorize(app, f"Bearer {made['token']}")
        assert (b"x-user-id", who) in allowed.headers.raw


async def test_all_refusals_look_alike(tokens, database_url):
    async with tokens() as app:
        expired, revoked = await make(app), await make(app)
        change(database_url, "UPDATE token SET expires_at = clock_timestamp() WHERE id = %s", expired["id"])
        await app.delete(f"/v1/tokens/{revoked['id']}", user="user_1")
        shown = [expired["token"], revoked["token"], credential.new(), "hello"]
        bodies = {(await authorize(app, f"Bearer {token}")).content for token in shown}
        assert len(bodies) == 1


async def test_the_path_is_one_and_no_other(tokens):
    async with tokens() as app:
        made = await make(app)
        for path in ("/v1/authorize/", "/v1/authorize/v1/points"):
            assert (await authorize(app, f"Bearer {made['token']}", path=path)).status_code == 404


async def test_a_revocation_is_felt_at_once_though_answers_are_kept(tokens, database_url):
    async with tokens() as app:
        made = await make(app)
        shown = f"Bearer {made['token']}"
        assert (await authorize(app, shown)).status_code == 200
        change(database_url, "UPDATE token SET revoked_at = clock_timestamp() WHERE id = %s", made["id"])
        assert (await authorize(app, shown)).status_code == 200  # revoked elsewhere: felt when the answer has aged
        assert (await app.delete(f"/v1/tokens/{made['id']}", user="user_1")).status_code == 204
        assert (await authorize(app, shown)).status_code == 401


async def test_a_revocation_elsewhere_is_felt_within_a_second_or_so(tokens, database_url):
    async with tokens() as app:
        made = await make(app)
        shown = f"Bearer {made['token']}"
        assert (await authorize(app, shown)).status_code == 200
        change(database_url, "UPDATE token SET revoked_at = clock_timestamp() WHERE id = %s", made["id"])
        await asyncio.sleep(1.05)
        assert (await authorize(app, shown)).status_code == 401


async def test_the_last_use_is_written_behind_and_once_a_minute(tokens, database_url):
    async with tokens() as app:
        made, unused = await make(app), await make(app)
        await authorize(app, f"Bearer {made['token']}")
        assert last_use(database_url, made["id"]) is None
    first = last_use(database_url, made["id"])
    assert first is not None
    assert last_use(database_url, unused["id"]) is None
    async with tokens() as app:
        await introspect(app, made["token"])
    assert last_use(database_url, made["id"]) == first
    change(database_url, "UPDATE token SET last_used_at = last_used_at - interval '2 minutes'")
    async with tokens() as app:
        await introspect(app, made["token"])
        listed = (await app.get("/v1/tokens", user="user_1")).json()["tokens"]
        assert {one["id"]: one["last_used_at"] is not None for one in listed} == {made["id"]: True, unused["id"]: False}
    assert last_use(database_url, made["id"]) >= first
