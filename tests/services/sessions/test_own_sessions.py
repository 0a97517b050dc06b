"""What users do with their own sessions: see and end them, and refresh in a browser."""

import asyncio

from services.sessions.session_requests import CALLER, ask, begin, claims
from stead.kit.user import TOKEN, User


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
