"""Sessions that a service ends: one, all of a user, or all but one."""

import pytest

from services.sessions.session_requests import CALLER, ask, begin


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
