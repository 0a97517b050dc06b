"""Users: registration and sign-in that tell nothing, links and codes that work once, roles, deletion."""

import asyncio

import pytest

from services.users.conftest import ADMIN, PASSWORD


async def test_an_account_opens_by_the_link_and_then_by_its_password(run, rows):
    async with run() as desk:
        assert (await desk.sign_up()).status_code == 202
        assert (await desk.sign_in()).status_code == 401
        signed_in = (await desk.follow(await desk.mail())).json()
        assert signed_in["access_token"]
        again = await desk.sign_in("Ann@Example.com")
        assert (again.status_code, again.json()["user_id"]) == (200, signed_in["user_id"])
        assert again.headers["cache-control"] == "no-store"
    [stored] = rows("SELECT password FROM account")
    assert stored["password"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in stored["password"]


async def test_a_link_followed_many_times_at_once_signs_in_once(run):
    async with run() as desk:
        await desk.sign_up()
        mail = await desk.mail()
        answers = await asyncio.gather(*(desk.follow(mail) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5


async def test_a_link_whose_answer_was_lost_is_the_same_session_under_its_key(run):
    async with run() as desk:
        await desk.sign_up()
        body = {"token": (await desk.mail()).rpartition("token=")[2].strip()}
        first = await desk.app.post("/v1/sign-in/link", json=body, key="k")
        again = await desk.app.post("/v1/sign-in/link", json=body, key="k")
        assert first.json()["session"] == again.json()["session"]
        assert (await desk.app.post("/v1/sign-in/link", json=body, key="another")).status_code == 401


async def test_answers_do_not_tell_whether_an_account_is_there(run):
    async with run() as desk:
        await desk.registered()
        for path, body in (
            ("/v1/sign-up", {"password": PASSWORD}),
            ("/v1/sign-in/links", {}),
            ("/v1/recovery", {}),
            ("/v1/sign-in", {"password": "wrong password"}),
        ):
            known = await desk.app.post(path, json={"email": "ann@example.com", **body})
            other = await desk.app.post(path, json={"email": "nobody@example.com", **body})
            assert (known.status_code, known.content) == (other.status_code, other.content), path
        assert "registered already" in await desk.mail(number=2) or "уже зарегистрированы" in await desk.mail(number=2)


async def test_who_registers_anothers_address_first_does_not_get_in_with_the_old_password(run):
    async with run() as desk:
        await desk.sign_up(password="the attacker's password")
        await desk.sign_up(password=PASSWORD)
        await desk.follow(await desk.mail(number=2))
        assert (await desk.sign_in(password="the attacker's password")).status_code == 401
        assert (await desk.sign_in()).status_code == 200


async def test_a_recovery_code_works_once_and_bears_five_guesses(run, rows):
    async with run() as desk:
        await desk.registered()
        new = "another long password"

        async def recover(code):
            body = {"email": "ann@example.com", "code": code, "password": new}
            return (await desk.app.post("/v1/recovery/password", json=body)).status_code

        await desk.app.post("/v1/recovery", json={"email": "ann@example.com"})
        code = next(word.strip(".") for word in (await desk.mail(number=2)).split() if word.strip(".").isdigit())
        wrong = "000000" if code != "000000" else "111111"
        assert await recover(wrong) == 401
        statuses = await asyncio.gather(*(recover(code) for _ in range(3)))
        assert sorted(statuses) == [204, 401, 401]
        assert (await desk.sign_in(password=new)).status_code == 200
        assert (await desk.sign_in()).status_code == 401
        await desk.app.post("/v1/recovery", json={"email": "ann@example.com"})
        await desk.mail(number=3)
        assert [await recover(f"{number:06d}") for number in range(5)] == [401] * 5
        code = next(word.strip(".") for word in (await desk.mail(number=3)).split() if word.strip(".").isdigit())
        assert await recover(code) == 401


async def test_too_many_tries_on_one_address_are_refused_whether_it_has_an_account(run):
    async with run(USERS_TRIES="3") as desk:
        for email in ("ann@example.com", "nobody@example.com"):
            statuses = [(await desk.sign_in(email, "wrong")).status_code for _ in range(4)]
            assert statuses == [401, 401, 401, 429]


async def test_roles_are_changed_by_admins_alone_and_audited(run):
    async with run(USERS_ADMINS="root@example.com") as desk:
        root = await desk.registered("root@example.com")
        ann = await desk.registered()
        path = f"/v1/accounts/{ann['user_id']}/roles"
        assert (await desk.app.put(path, json={"roles": ["admin"]}, user=ann["user_id"])).status_code == 403
        admin = {"user": root["user_id"], "roles": ["admin"]}
        changed = await desk.app.put(path, json={"roles": ["user", "organizer"]}, **admin)
        assert changed.json()["roles"] == ["organizer", "user"]
        log = (await desk.app.get(f"/v1/accounts/{ann['user_id']}/audit", **admin)).json()["entries"]
        assert (log[-1]["actor"], log[-1]["action"]) == (root["user_id"], "roles: organizer user")
        own = await desk.app.put(f"/v1/accounts/{root['user_id']}/roles", json={"roles": ["user"]}, **admin)
        assert own.json()["code"] == "last_admin"
        shown = (await desk.app.get("/v1/profile", user=root["user_id"])).json()
        assert shown["roles"] == ["user", "admin"]


async def test_a_deleted_account_is_forgotten_by_each_service_and_its_sessions_end(run):
    async with run() as desk:
        ann = await desk.registered()
        assert (await desk.app.delete("/v1/profile", user=ann["user_id"])).status_code == 204
        assert (await desk.app.get("/v1/profile", user=ann["user_id"])).json()["code"] == "unknown_user"
        assert (await desk.sign_in()).status_code == 401

        async def acknowledged():
            path = f"/v1/accounts/{ann['user_id']}/deletion"
            holders = (await desk.app.get(path, **ADMIN)).json()["holders"]
            return [each["holder"] for each in holders if each["done_at"]] == ["notifications"]

        async with asyncio.timeout(8):
            while not await acknowledged():
                await asyncio.sleep(0.05)


async def test_a_change_of_password_ends_the_sessions_of_before_and_not_those_after_it(run):
    async with run() as desk:
        ann = await desk.registered()
        change = {"current": PASSWORD, "password": "another long password"}
        assert (await desk.app.put("/v1/profile/password", json=change, user=ann["user_id"])).status_code == 204
        after = (await desk.sign_in(password="another long password")).json()

        async def holds(session):
            headers = {"authorization": f"Bearer {session}"}
            answer = await desk.sessions.post("/v1/sessions/refresh", json={}, headers=headers)
            return answer.status_code == 200

        async with asyncio.timeout(8):
            while await holds(ann["session"]):
                await asyncio.sleep(0.05)
        assert await holds(after["session"])


async def test_ones_own_profile_and_its_export(run):
    async with run() as desk:
        ann = await desk.registered()
        draft = {"name": "Аня", "phone": "+79990000000", "locale": "ru"}
        assert (await desk.app.put("/v1/profile", json=draft, user=ann["user_id"])).json()["name"] == "Аня"
        shown = (await desk.app.get("/v1/profile/export", user=ann["user_id"])).json()
        assert (shown["account"]["phone"], shown["audit"][0]["action"]) == ("+79990000000", "registered")
        assert "password" not in str(shown)


async def test_a_password_is_changed_with_the_current_one(run):
    async with run() as desk:
        ann = await desk.registered()
        change = {"current": "wrong", "password": "another long password"}
        path = "/v1/profile/password"
        assert (await desk.app.put(path, json=change, user=ann["user_id"])).status_code == 401
        change["current"] = PASSWORD
        assert (await desk.app.put(path, json=change, user=ann["user_id"])).status_code == 204
        assert (await desk.sign_in(password="another long password")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ann", "password": PASSWORD},
        {"email": "ann@example.com\n", "password": PASSWORD},
        {"email": "ann@example.com", "password": "short"},
        {"email": "ann@example.com", "password": "aaaaaaaaaaaaaaa"},
        {"email": "ann@example.com", "password": "password123456"},
        {"email": "ann@example.com", "password": PASSWORD, "name": "Ann\u202enimda"},
        {"email": "ann@example.com", "password": PASSWORD, "roles": ["admin"]},
    ],
)
async def test_a_registration_that_is_refused(run, body):
    async with run() as desk:
        assert (await desk.app.post("/v1/sign-up", json=body)).status_code == 422


async def test_what_cannot_be_an_id_or_a_device_is_no_500(run):
    async with run() as desk:
        for path in ("/v1/accounts/a%00b/audit", "/v1/accounts/a%00b/deletion", "/v1/accounts?after=%00"):
            assert (await desk.app.get(path, **ADMIN)).status_code in (404, 422), path
        body = {"email": "ann@example.com", "password": PASSWORD, "device": "a\nb"}
        assert (await desk.app.post("/v1/sign-in", json=body)).status_code == 422
