"""The service over HTTP, on both stores: what each caller gets."""

from datetime import UTC, datetime

from services.sessions.session_requests import CALLER, NEW, ask, begin, claims


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
