"""The service over HTTP, on both stores: what each caller and each user gets."""

import asyncio
import logging
from datetime import UTC, datetime

import jwt
import pytest

from stead.kit.user import TOKEN, User

CALLER = "auth-service"
NEW = {"user_id": "user_1", "method": "telegram", "roles": ["editor"], "device": "Firefox"}
UNIFORM = {"type": "about:blank", "title": "Unauthorized", "status": 401, "code": "session_invalid"}
UNIFORM["detail"] = "A valid session is needed."


async def begin(app, user="user_1", **more):
    answer = await app.post("/v1/sessions", caller=CALLER, json={**NEW, "user_id": user, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(app, operation, session):
    return await app.post(f"/v1/sessions/{operation}", caller=CALLER, json={"session": session})


async def keys(app):
    answer = await app.get("/v1/sessions/keys", caller="api-gateway")
    return {key["kid"]: jwt.PyJWK(key) for key in answer.json()["keys"]}


async def claims(app, token):
    key = (await keys(app))[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["ES256"], audience="api", issuer=app.service.name)


async def test_a_session_from_beginning_to_end(sessions):
    async with sessions() as app:
        issued = await begin(app)
        assert issued["session"].startswith("sess_") and len(issued["session"]) == 69
        known = (await ask(app, "verify", issued["session"])).json()
        assert {name: known[name] for name in NEW} == NEW
        assert known["id"] == issued["id"] != issued["session"]
        extended = (await ask(app, "extend", issued["session"])).json()
        assert extended["idle_expires_at"] >= known["idle_expires_at"]
        rotated = (await ask(app, "rotate", issued["session"])).json()
        assert rotated["session"] != issued["session"] and rotated["id"] == issued["id"]
        assert (await ask(app, "verify", rotated["session"])).json()["id"] == issued["id"]
        ended = await ask(app, "invalidate", rotated["session"])
        assert (ended.status_code, ended.content) == (204, b"")
        assert (await ask(app, "verify", rotated["session"])).status_code == 401
        assert (await ask(app, "invalidate", rotated["session"])).status_code == 204


async def test_an_access_token_says_who_and_for_how_long(sessions):
    async with sessions(SESSION_ACCESS_SECONDS="90") as app:
        issued = await begin(app)
        answer = await ask(app, "exchange", issued["session"])
        assert answer.headers["cache-control"] == "no-store"
        said = await claims(app, answer.json()["access_token"])
        assert (said["sub"], said["sid"], said["roles"]) == ("user_1", issued["id"], "editor")
        assert said["auth_method"] == "telegram"
        assert said["exp"] - said["iat"] == 90
        assert datetime.fromisoformat(answer.json()["expires_at"]) == datetime.fromtimestamp(said["exp"], UTC)
        assert issued["session"] not in answer.text
        other = await claims(app, (await ask(app, "exchange", issued["session"])).json()["access_token"])
        assert other["jti"] != said["jti"]


async def test_an_access_token_does_not_outlive_its_session(sessions):
    async with sessions(SESSION_ABSOLUTE_SECONDS="20") as app:
        issued = await begin(app)
        answer = (await ask(app, "exchange", issued["session"])).json()
        ends = [datetime.fromisoformat(each["expires_at"]) for each in (answer, issued)]
        assert ends[0] <= ends[1]


async def refused_alike(app, session, caplog, why):
    caplog.clear()
    with caplog.at_level(logging.INFO):
        for operation in ("verify", "extend", "rotate", "exchange"):
            answer = await ask(app, operation, session)
            assert (answer.status_code, answer.json()) == (401, UNIFORM)
            assert answer.headers["www-authenticate"] == "Bearer"
        refreshed = await app.post("/v1/sessions/refresh", json={"session": session})
        assert (refreshed.status_code, refreshed.json()) == (401, UNIFORM)
    reasons = {record.getMessage() for record in caplog.records if record.name.endswith("sessions.sessions")}
    assert reasons == {f"refused a session: {each}" for each in why}
    assert not session or session not in caplog.text


async def test_each_refusal_is_answered_alike_and_logged_with_its_reason(sessions, caplog):
    async with sessions(SESSION_GRACE_SECONDS="0") as app:
        ended, superseded, rotated = (
            (await begin(app))["session"],
            await begin(app, "user_2"),
            await begin(app, "user_3"),
        )
        await ask(app, "invalidate", ended)
        body = {"user_id": "user_2", "scope": "all"}
        assert (await app.post("/v1/sessions/invalidate", caller=CALLER, json=body)).status_code == 204
        latest = (await ask(app, "rotate", rotated["session"])).json()["session"]
        for session in ("", "sess_", "sess_" + "0" * 63, "SESS_" + "0" * 64, "sess_" + "0" * 64 + "\n", "x" * 1024):
            await refused_alike(app, session, caplog, ["malformed"])
        await refused_alike(app, "sess_" + "0" * 64, caplog, ["unknown"])
        await refused_alike(app, rotated["id"], caplog, ["malformed"])
        await refused_alike(app, ended, caplog, ["ended"])
        await refused_alike(app, superseded["session"], caplog, ["ended with all others"])
        await refused_alike(app, rotated["session"], caplog, ["rotated before", "ended"])
        await refused_alike(app, latest, caplog, ["ended"])


async def test_idle_and_absolute_limits(sessions, caplog):
    async with sessions(SESSION_IDLE_SECONDS="1", SESSION_ABSOLUTE_SECONDS="2") as app:
        unused, used = (await begin(app))["session"], (await begin(app))["session"]
        for _ in range(3):
            await asyncio.sleep(0.5)
            assert (await ask(app, "extend", used)).status_code == 200
        await refused_alike(app, unused, caplog, ["idle"])
        await asyncio.sleep(0.6)
        await refused_alike(app, used, caplog, ["expired"])


async def test_verifying_does_not_count_as_use(sessions):
    async with sessions() as app:
        session = (await begin(app))["session"]
        one = (await ask(app, "verify", session)).json()
        assert (await ask(app, "verify", session)).json() == one


async def test_within_the_grace_the_old_one_gets_the_same_new_one(sessions):
    async with sessions() as app:
        session = (await begin(app))["session"]
        answers = await asyncio.gather(*(ask(app, "rotate", session) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["session"] for answer in answers}) == 1
        assert (await ask(app, "verify", session)).status_code == 200  # what is under way with it goes through
        again = (await ask(app, "rotate", answers[0].json()["session"])).json()["session"]
        assert (await ask(app, "rotate", session)).json()["session"] == answers[0].json()["session"]
        assert (await ask(app, "verify", again)).status_code == 200


async def test_reuse_after_the_grace_ends_the_whole_family(sessions, caplog):
    async with sessions(SESSION_GRACE_SECONDS="1") as app:
        old = (await begin(app))["session"]
        other = (await begin(app))["session"]
        new = (await ask(app, "rotate", old)).json()["session"]
        await asyncio.sleep(1.05)
        assert (await ask(app, "verify", new)).status_code == 200
        with caplog.at_level(logging.WARNING):
            assert (await ask(app, "verify", old)).status_code == 401
        assert "refused a session: rotated before" in caplog.text
        assert (await ask(app, "verify", new)).status_code == 401
        assert (await ask(app, "verify", other)).status_code == 200


@pytest.mark.parametrize("named", ["session", "id", "user_id"])
async def test_ending_all_of_a_user(sessions, named):
    async with sessions() as app:
        one, two, theirs = await begin(app), await begin(app), await begin(app, "user_2")
        body = {named: one[named], "scope": "all"}
        assert (await app.post("/v1/sessions/invalidate", caller=CALLER, json=body)).status_code == 204
        answers = [(await ask(app, "verify", each["session"])).status_code for each in (one, two, theirs)]
        assert answers == [401, 401, 200]


@pytest.mark.parametrize("named", ["session", "id"])
async def test_ending_the_others_or_one(sessions, named):
    async with sessions() as app:
        one, two = await begin(app), await begin(app)
        body = {named: one[named], "scope": "others"}
        assert (await app.post("/v1/sessions/invalidate", caller=CALLER, json=body)).status_code == 204
        assert (await ask(app, "verify", two["session"])).status_code == 401
        assert (await ask(app, "verify", one["session"])).status_code == 200
        body = {named: one[named]}
        assert (await app.post("/v1/sessions/invalidate", caller=CALLER, json=body)).status_code == 204
        assert (await ask(app, "verify", one["session"])).status_code == 401


async def test_whose_others_are_meant_has_to_be_known(sessions):
    async with sessions() as app:
        stranger = {"session": "sess_" + "0" * 64, "scope": "others"}
        assert (await app.post("/v1/sessions/invalidate", caller=CALLER, json=stranger)).status_code == 401
        nobody = {"id": "nobody", "scope": "all"}
        answer = await app.post("/v1/sessions/invalidate", caller=CALLER, json=nobody)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_session")


INVALIDATIONS = [
    {},
    {"id": "a", "user_id": "b", "scope": "all"},
    {"user_id": "user_1"},
    {"user_id": "user_1", "scope": "others"},
    {"id": "a", "scope": "none"},
    {"id": "a\0"},
    {"user_id": "user\0", "scope": "all"},
]


async def test_an_invalidation_names_one_thing(sessions):
    async with sessions() as app:
        for body in INVALIDATIONS:
            answer = await app.post("/v1/sessions/invalidate", caller=CALLER, json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")


BODIES = [
    {"session": "sess_" + "0" * 64},
    {"id": "mine"},
    {"user_id": ""},
    {"user_id": " user_1"},
    {"user_id": "user\n1"},
    {"user_id": "x" * 256},
    {"method": "a b"},
    {"roles": ["editor admin"]},
    {"device": "a\tb"},
]


async def test_a_session_cannot_be_fixed_in_advance_nor_smuggle_anything_in(sessions):
    async with sessions() as app:
        for more in BODIES:
            answer = await app.post("/v1/sessions", caller=CALLER, json={**NEW, **more})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")


async def test_every_login_gets_another_session(sessions):
    async with sessions() as app:
        one, two = await begin(app), await begin(app)
        assert one["session"] != two["session"] and one["id"] != two["id"]


async def test_a_repeated_login_gets_the_same_session(sessions):
    async with sessions() as app:
        answers = [await app.post("/v1/sessions", caller=CALLER, json=NEW, key="k1") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len({answer.text for answer in answers}) == 1
        assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true", "true"]
        assert (await ask(app, "verify", answers[2].json()["session"])).status_code == 200
        other = await app.post("/v1/sessions", caller=CALLER, json={**NEW, "user_id": "user_2"}, key="k1")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        theirs = await app.post("/v1/sessions", caller="content-service", json=NEW, key="k1")
        assert theirs.json()["session"] != answers[0].json()["session"]


async def test_a_list_holds_no_session_itself(sessions):
    async with sessions() as app:
        issued = [await begin(app) for _ in range(2)]
        answer = await app.get("/v1/users/user_1/sessions", caller=CALLER)
        assert {each["id"] for each in answer.json()["sessions"]} == {each["id"] for each in issued}
        assert not any(each["session"] in answer.text for each in issued)


async def test_a_user_sees_and_ends_their_own_sessions(sessions):
    async with sessions() as app:
        one, two, theirs = await begin(app), await begin(app), await begin(app, "user_2")
        me = User("user_1", session=one["id"])
        listed = (await app.get("/v1/sessions", user=me)).json()["sessions"]
        assert {each["id"]: each["current"] for each in listed} == {one["id"]: True, two["id"]: False}
        assert (await app.delete(f"/v1/sessions/{theirs['id']}", user=me)).status_code == 404
        assert (await app.delete(f"/v1/sessions/{two['id']}", user=me)).status_code == 204
        assert (await app.delete(f"/v1/sessions/{two['id']}", user=me)).json()["code"] == "unknown_session"
        three = await begin(app)
        assert (await app.delete("/v1/sessions?scope=others", user=me)).status_code == 204
        assert (await ask(app, "verify", three["session"])).status_code == 401
        assert (await ask(app, "verify", one["session"])).status_code == 200
        assert (await app.delete("/v1/sessions", user=me)).status_code == 204
        assert (await ask(app, "verify", one["session"])).status_code == 401
        assert (await ask(app, "verify", theirs["session"])).status_code == 200


async def test_a_session_that_is_ended_while_another_is_in_use_takes_nothing_of_it_along(sessions):
    async with sessions() as app:
        phone, laptop = await begin(app), await begin(app)
        me = User("user_1", session=laptop["id"])
        ended, *used = await asyncio.gather(
            app.delete(f"/v1/sessions/{phone['id']}", user=me),
            *(app.post("/v1/sessions/refresh", json={"session": laptop["session"], "rotate": True}) for _ in range(6)),
        )
        assert ended.status_code == 204
        assert {answer.status_code for answer in used} == {200}
        assert (await ask(app, "verify", phone["session"])).status_code == 401
        assert (await ask(app, "verify", used[0].json()["session"])).json()["id"] == laptop["id"]


async def test_others_need_a_session_of_ones_own(sessions):
    async with sessions() as app:
        answer = await app.delete("/v1/sessions?scope=others", user="user_1")
        assert (answer.status_code, answer.json()["code"]) == (422, "no_current_session")


async def test_an_api_token_neither_sees_nor_ends_sessions(sessions):
    async with sessions() as app:
        token = User("user_1", method=TOKEN, scopes=frozenset({"sessions:read", "sessions:write"}))
        assert (await app.get("/v1/sessions", user=token)).json()["code"] == "scope_missing"
        assert (await app.delete("/v1/sessions", user=token)).json()["code"] == "scope_missing"


async def test_a_browser_refreshes_by_body_or_by_header(sessions):
    async with sessions() as app:
        issued = await begin(app)
        by_body = await app.post("/v1/sessions/refresh", json={"session": issued["session"]})
        bearer = {"authorization": f"Bearer {issued['session']}"}
        by_header = await app.post("/v1/sessions/refresh", json={}, headers=bearer)
        for answer in (by_body, by_header):
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            assert set(answer.json()) == {"access_token", "expires_at"}
            assert (await claims(app, answer.json()["access_token"]))["sid"] == issued["id"]
        assert (await app.post("/v1/sessions/refresh", json={})).status_code == 401


async def test_a_browser_rotates_while_it_refreshes(sessions):
    async with sessions() as app:
        issued = await begin(app)
        first, second = [
            (await app.post("/v1/sessions/refresh", json={"session": issued["session"], "rotate": True})).json()
            for _ in range(2)
        ]
        assert first["session"] == second["session"] != issued["session"]
        assert (await claims(app, first["access_token"]))["sid"] == issued["id"]


async def test_only_declared_callers_with_the_operation_get_in(sessions):
    async with sessions() as app:
        assert (await app.post("/v1/sessions", json=NEW)).status_code == 401
        assert (await app.post("/v1/sessions", caller="stranger", json=NEW)).status_code == 401
        lesser = await app.post("/v1/sessions", caller=CALLER, may=["verify"], json=NEW)
        assert (lesser.status_code, lesser.json()["code"]) == (403, "operation_not_declared")
        assert (await app.get("/v1/sessions/keys")).status_code == 401


async def test_the_signing_key_is_replaced_without_a_logout(sessions):
    old, new = "o" * 32, "n" * 32
    async with sessions(SESSION_SIGNING_KEY=old) as app:
        issued = await begin(app)
        again = await begin(app)
        early = (await ask(app, "rotate", again["session"])).json()["session"]
        signed = (await ask(app, "exchange", issued["session"])).json()["access_token"]
    async with sessions(SESSION_SIGNING_KEY=f"{new},{old}") as app:
        assert (await ask(app, "verify", issued["session"])).status_code == 200
        assert await claims(app, signed)
        assert (await ask(app, "rotate", again["session"])).json()["session"] == early
        moved = (await ask(app, "rotate", issued["session"])).json()["session"]
    async with sessions(SESSION_SIGNING_KEY=new) as app:
        assert (await ask(app, "verify", moved)).status_code == 200
        assert (await ask(app, "verify", early)).status_code == 401


async def test_an_id_that_cannot_be_is_unknown(sessions):
    async with sessions() as app:
        assert (await app.get("/v1/users/user%00/sessions", caller=CALLER)).json() == {"sessions": []}
        assert (await app.delete("/v1/sessions/a%00", user="user_1")).status_code == 404
