"""The tenant service: who belongs where, as what, and that nobody else sees it."""

import asyncio
import uuid

import pytest

from stead.kit.user import User


async def founded(app, user="ann", name="Bank"):
    answer = await app.post("/v1/tenants", json={"name": name}, user=user)
    assert answer.status_code == 201, answer.text
    return f"/v1/tenants/{answer.json()['id']}"


async def invited(app, tenant, user, role="viewer", by="ann"):
    token = (await app.post(f"{tenant}/invitations", json={"role": role}, user=by)).json()["token"]
    answer = await app.post("/v1/invitations/accept", json={"token": token}, user=user)
    assert answer.status_code == 200, answer.text


async def roles(app, tenant, user="ann"):
    return {one["user_id"]: one["role"] for one in (await app.get(f"{tenant}/members", user=user)).json()["members"]}


PATHS = ("", "/workspaces", "/members", "/invitations")


async def test_a_tenant_is_nothing_to_who_does_not_belong_to_it(tenants):
    async with tenants() as app:
        tenant = await founded(app)
        unknown = f"/v1/tenants/{uuid.uuid4()}"
        for path in PATHS:
            mine, none = await app.get(tenant + path, user="eve"), await app.get(unknown + path, user="eve")
            assert (mine.status_code, mine.json()) == (404, none.json())
        assert (await app.get("/v1/tenants", user="eve")).json() == {"tenants": []}


async def test_a_role_may_do_what_it_is_for_and_no_more(tenants):
    async with tenants() as app:
        tenant = await founded(app)
        for role in ("viewer", "editor", "admin"):
            await invited(app, tenant, role, role)
        workspace = {"json": {"name": "Loans"}}
        status = [
            (await app.post(f"{tenant}/workspaces", user=role, **workspace)).status_code
            for role in ("viewer", "editor")
        ]
        assert status == [403, 201]
        asked = {"json": {"role": "viewer"}}
        status = [
            (await app.post(f"{tenant}/invitations", user=role, **asked)).status_code for role in ("editor", "admin")
        ]
        assert status == [403, 201]
        raised = await app.put(f"{tenant}/members/admin", user="admin", json={"role": "owner"})
        assert (raised.status_code, raised.json()["code"]) == (403, "role_missing")
        assert (await app.post(f"{tenant}/invitations", user="admin", json={"role": "owner"})).status_code == 403
        assert (await app.delete(f"{tenant}/members/ann", user="admin")).status_code == 403
        assert (await app.delete(f"{tenant}/members/viewer", user="viewer")).status_code == 204
        assert await roles(app, tenant) == {"ann": "owner", "editor": "editor", "admin": "admin"}


async def test_an_invitation_is_taken_by_one_of_many_who_try_at_once(tenants):
    async with tenants() as app:
        tenant = await founded(app)
        token = (await app.post(f"{tenant}/invitations", json={}, user="ann")).json()["token"]
        tries = (app.post("/v1/invitations/accept", json={"token": token}, user=f"user{n}") for n in range(12))
        status = [answer.status_code for answer in await asyncio.gather(*tries)]
        assert sorted(status) == [200] + [404] * 11
        assert len(await roles(app, tenant)) == 2
        (guest,) = set(await roles(app, tenant)) - {"ann"}
        assert (await app.post("/v1/invitations/accept", json={"token": token}, user=guest)).status_code == 200


async def test_an_invitation_of_another_tenant_or_a_changed_one_is_none(tenants):
    async with tenants() as app:
        tenant, other = await founded(app), await founded(app, "eve")
        token = (await app.post(f"{tenant}/invitations", json={"role": "owner"}, user="ann")).json()["token"]
        moved = other.rpartition("/")[2].replace("-", "") + "." + token.partition(".")[2]
        changed = token[:-1] + ("A" if token[-1] != "A" else "B")
        for wrong in (moved, changed):
            answer = await app.post("/v1/invitations/accept", json={"token": wrong}, user="ben")
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_invitation")


async def test_a_withdrawn_invitation_is_over_and_no_list_shows_a_token(tenants):
    async with tenants() as app:
        tenant = await founded(app)
        made = (await app.post(f"{tenant}/invitations", json={"email": "ben@example.com"}, user="ann")).json()
        (shown,) = (await app.get(f"{tenant}/invitations", user="ann")).json()["invitations"]
        assert (shown["email"], shown["token"]) == ("ben@example.com", None)
        assert (await app.delete(f"{tenant}/invitations/{made['id']}", user="ann")).status_code == 204
        assert (await app.post("/v1/invitations/accept", json={"token": made["token"]}, user="ben")).status_code == 404


async def test_of_two_owners_who_leave_at_once_one_stays(tenants):
    async with tenants() as app:
        for _ in range(3):
            tenant = await founded(app)
            await invited(app, tenant, "ben", "owner")
            leaving = (app.delete(f"{tenant}/members/{user}", user=user) for user in ("ann", "ben"))
            assert sorted(answer.status_code for answer in await asyncio.gather(*leaving)) == [204, 409]


async def test_of_many_who_rename_at_once_one_wins(tenants):
    async with tenants() as app:
        tenant = await founded(app)
        etag = (await app.get(tenant, user="ann")).headers["etag"]
        how = {"user": "ann", "headers": {"If-Match": etag}}
        answers = await asyncio.gather(*(app.put(tenant, json={"name": f"Bank {n}"}, **how) for n in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
        assert (await app.put(tenant, json={"name": "Bank"}, user="ann")).status_code == 428


async def test_a_token_for_some_tenants_is_held_to_them(tenants):
    async with tenants() as app:
        one, two = await founded(app, name="One"), await founded(app, name="Two")
        narrow = User("ann", tenants=frozenset({one.rpartition("/")[2]}))
        assert (await app.get(one, user=narrow)).status_code == 200
        assert (await app.get(two, user=narrow)).status_code == 404
        assert [each["name"] for each in (await app.get("/v1/tenants", user=narrow)).json()["tenants"]] == ["One"]


async def test_the_default_tenant_is_made_once_and_a_new_name_stays(tenants):
    told = {"TENANT_DEFAULT_OWNER": "root", "TENANT_DEFAULT_NAME": "Demo"}
    for start in range(2):
        async with tenants(**told) as app:
            async with asyncio.timeout(5):
                while not (found := (await app.get("/v1/tenants", user="root")).json()["tenants"]):
                    await asyncio.sleep(0.02)
            (tenant,) = found
            assert (tenant["name"], tenant["role"]) == ("Renamed" if start else "Demo", "owner")
            path = f"/v1/tenants/{tenant['id']}"
            etag = (await app.get(path, user="root")).headers["etag"]
            await app.put(path, json={"name": "Renamed"}, user="root", headers={"If-Match": etag})


async def test_a_write_that_is_repeated_is_done_once(tenants):
    async with tenants() as app:
        first = await app.post("/v1/tenants", json={"name": "Bank"}, user="ann", key="k1")
        again = await app.post("/v1/tenants", json={"name": "Bank"}, user="ann", key="k1")
        assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
        assert len((await app.get("/v1/tenants", user="ann")).json()["tenants"]) == 1


async def test_another_service_is_told_of_a_membership(tenants):
    async with tenants() as app:
        tenant = await founded(app)
        path = tenant.replace("tenants", "memberships")
        asked = [await app.get(path, params={"user_id": user}, caller="auth-service") for user in ("ann", "eve")]
        assert [answer.json() for answer in asked] == [{"role": "owner"}, {"role": None}]
        assert (await app.get(path, params={"user_id": "ann"}, user="ann", may=("front",))).status_code == 403


@pytest.mark.parametrize("name", ["", " ", "a\0b", "a\nb", "x" * 201])
async def test_a_name_that_cannot_be_shown_is_refused(tenants, name):
    async with tenants() as app:
        assert (await app.post("/v1/tenants", json={"name": name}, user="ann")).status_code == 422
