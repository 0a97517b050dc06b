"""Verification over HTTP, for other services; and settings that could verify nothing."""

import asyncio
import time
from datetime import datetime

import jwt
import psycopg
import pytest

from stead.kit.settings import SettingsError
from stead.testing.clerk import StandInClerk, user

SECRET = "a shared secret that is long enough, surely"
NOWHERE = {"CLERK_JWKS_URL": "http://127.0.0.1:9/jwks.json"}


async def verify(app, token, **how):
    return await app.post("/v1/verify", json={"token": token}, **({"caller": "content-service"} | how))


async def test_a_token_is_its_users(auth, clerk):
    async with auth() as app:
        response = await verify(app, clerk.session("user_1"))
        said = response.json()
        assert response.status_code == 200
        assert (said["user_id"], said["method"]) == ("user_1", "clerk")
        assert abs(datetime.fromisoformat(said["expires_at"]).timestamp() - time.time() - 60) < 5
        assert set(said) == {"user_id", "method", "expires_at"}
        impersonated = await verify(app, clerk.session("user_1", act={"sub": "user_staff"}))
        assert impersonated.json()["actor"] == "user_staff"


async def test_of_all_others_nothing_is_said_but_that(auth, clerk, send):
    other = StandInClerk(clerk.issuer, kid=clerk.kid)
    async with auth(CLERK_AUTHORIZED_PARTIES="https://app.test, https://www.test") as app:
        await send(app, "user.deleted", {"id": "user_gone"})
        refused = [
            await verify(app, token)
            for token in (
                "",
                "hello",
                "pat_abc",
                "a.b.c",
                "x" * 500_000,
                clerk.session("user_1", exp=int(time.time()) - 60),
                clerk.session("user_1", iss="https://other.test"),
                clerk.session("user_1", azp="https://evil.test"),
                clerk.session("user_1", sid=None),
                clerk.session("user_gone"),
                other.session("user_1"),
                jwt.encode(clerk.claims("user_1"), SECRET, "HS256", headers={"kid": clerk.kid}),
                jwt.encode(clerk.claims("user_1"), None, "none", headers={"kid": clerk.kid}),
            )
        ]
        assert {one.status_code for one in refused} == {401}
        assert len({one.content for one in refused}) == 1
        assert refused[0].headers["www-authenticate"] == "Bearer"
        for party in ("https://app.test", "https://www.test"):
            assert (await verify(app, clerk.session("user_1", azp=party))).status_code == 200


async def test_who_is_deleted_is_nobody_from_then_on(auth, clerk, send):
    async with auth() as app:
        await send(app, "user.created", user("user_1"))
        token = clerk.session("user_1")
        assert (await verify(app, token)).status_code == 200
        await send(app, "user.deleted", {"id": "user_1"})
        assert (await verify(app, token)).status_code == 401


async def test_where_there_is_a_shared_secret_it_is_the_only_key(auth, clerk):
    async with auth(CLERK_JWT_SECRET=SECRET) as app:
        assert (await verify(app, jwt.encode(clerk.claims("user_1"), SECRET, "HS256"))).status_code == 200
        assert (await verify(app, clerk.session("user_1"))).status_code == 401


async def test_an_outage_of_the_key_set_is_no_verdict(auth, clerk):
    async with auth(**NOWHERE) as app:
        responses = await asyncio.gather(*(verify(app, clerk.session("user_1")) for _ in range(10)))
        assert {(one.status_code, one.json()["code"]) for one in responses} == {(503, "verifier_unavailable")}
        assert responses[0].headers["retry-after"] == "5"
        assert (await verify(app, "hello")).status_code == 401
        assert (await app.get("/health")).status_code == 200


async def test_only_declared_callers_ask(auth, clerk):
    async with auth() as app:
        token = clerk.session("user_1")
        assert (await verify(app, token, caller="stranger")).status_code == 401
        assert (await verify(app, token, caller=None)).status_code == 401
        assert (await verify(app, token, caller="api-gateway", may=["front"])).status_code == 403
        assert (await verify(app, token, may=["other"])).status_code == 403


BAD = [({}, 422), ({"token": 5}, 422), ({"token": None}, 422), ({"token": "x", "more": 1}, 422), ([], 422)]


async def test_a_question_that_is_none_is_refused(auth):
    async with auth() as app:
        for body, status in BAD:
            response = await app.post("/v1/verify", caller="content-service", json=body)
            assert (response.status_code, response.json()["code"]) == (status, "invalid_body"), body
        assert (await app.post("/v1/verify", caller="content-service", content=b"{")).status_code == 415


async def test_a_sign_up_stands_or_falls_as_a_whole(auth, clerk, send, database_url, rows):
    """The outbox cannot take the message: then there is no user and no delivery either, and the next try has it all."""
    async with auth(POINTS_SERVICE_URL="http://127.0.0.1:9") as app:
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE procrastinate_jobs ADD CONSTRAINT full_up CHECK (task_name <> 'welcome')")
        assert (await send(app, "user.created", user("user_1"), id="msg_1")).status_code == 500
        assert rows("SELECT * FROM users") == rows("SELECT * FROM webhook") == []
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE procrastinate_jobs DROP CONSTRAINT full_up")
        assert (await send(app, "user.created", user("user_1"), id="msg_1")).status_code == 204
        assert len(rows("SELECT * FROM users")) == len(rows("SELECT * FROM procrastinate_jobs")) == 1


WRONG = {
    "CLERK_WEBHOOK_SECRET": ["hello!", "whsec_", "whsec_AAAA"],
    "CLERK_JWT_SECRET": ["too short"],
    "CLERK_JWKS_URL": ["clerk.test", "ftp://clerk.test"],
}


async def test_what_could_verify_nothing_stops_the_service_at_start(auth):
    for name, values in WRONG.items():
        for value in values:
            with pytest.raises(SettingsError, match=name) as stopped:
                async with auth(**{name: value}):
                    pass
            assert f"{value!r}" not in str(stopped.value)


async def test_all_that_is_wrong_is_said_at_once(auth):
    with pytest.raises(SettingsError) as stopped:
        async with auth(**{name: values[0] for name, values in WRONG.items()}):
            pass
    assert all(name in str(stopped.value) for name in WRONG)
