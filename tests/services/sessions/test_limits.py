"""How long a session is good, and what a caller gets with one that is not."""

import asyncio
import logging

from services.sessions.session_requests import CALLER, ask, begin

UNIFORM = {"type": "about:blank", "title": "Unauthorized", "status": 401, "code": "session_invalid"}
UNIFORM["detail"] = "A valid session is needed."


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
