"""Webhooks over HTTP: what takes effect, once, in whatever order it comes, and what has none."""

import time
from functools import partial

from services.crowd import crowd
from stead.testing import clerk as stand_in
from stead.testing.clerk import user

AWAY = "http://127.0.0.1:9"  # the discard port: nobody listens there
POINTS = {"POINTS_SERVICE_URL": AWAY}
BOTH = {**POINTS, "REFERRAL_SERVICE_URL": AWAY}
NOW = time.time()


async def me(app, name="user_1"):
    return await app.get("/v1/me", user=name)


async def test_a_sign_up_makes_a_user_and_sends_the_welcome(auth, send, waiting):
    async with auth(**BOTH) as app:
        data = user("user_1", email="ann@x.test", first_name="Ann", last_name="Lee", at=1_700_000_000)
        assert (await send(app, "user.created", data)).status_code == 204
        assert (await me(app)).json() == {
            "user_id": "user_1",
            "points": "pending",
            "email": "ann@x.test",
            "name": "Ann Lee",
            "created_at": "2023-11-14T22:13:20Z",
        }
    assert waiting() == [("welcome", {"user_id": "user_1", "amount": 100, "occurred_at": "2023-11-14T22:13:20Z"})]


async def test_a_referral_code_sends_the_attribution_too(auth, send, waiting):
    async with auth(**BOTH, AUTH_REFERRER_POINTS="7", AUTH_REFEREE_POINTS="8") as app:
        await send(app, "user.created", user("user_1", unsafe_metadata={"referral_code": " ab-12 "}))
    (welcome, _), (attribution, payload) = waiting()
    assert (welcome, attribution) == ("welcome", "attribution")
    assert (payload["referee"], payload["code"]) == ("user_1", "ab-12")
    assert (payload["referrer_points"], payload["referee_points"]) == (7, 8)


ODD_METADATA = [None, [], "AB", {"referral_code": 5}, {"referral_code": "a\x00"}, {"other": "AB"}]


async def test_no_metadata_spoils_a_sign_up(auth, send, waiting):
    async with auth(**BOTH) as app:
        for n, metadata in enumerate(ODD_METADATA):
            assert (await send(app, "user.created", user(f"user_{n}", unsafe_metadata=metadata))).status_code == 204
    assert {name for name, _ in waiting()} == {"welcome"}


async def test_without_those_services_a_sign_up_is_a_user_and_no_more(auth, send, waiting):
    async with auth() as app:
        await send(app, "user.created", user("user_1", unsafe_metadata={"referral_code": "AB"}))
        assert (await me(app)).json()["points"] == "none"
        assert (await me(app, "user_unknown")).json()["points"] == "none"
    assert waiting() == []


async def test_the_smallest_webhook_is_enough(auth, send, waiting):
    async with auth(**POINTS) as app:
        assert (await send(app, "user.created", {"id": "user_1"})).status_code == 204
        assert (await me(app)).json()["email"] is None
    assert [name for name, _ in waiting()] == ["welcome"]


async def test_the_same_id_many_times_at_once_has_one_effect(auth, send, waiting, rows):
    async with auth(**BOTH) as app:
        data = user("user_1", unsafe_metadata={"referral_code": "AB"})
        responses = await crowd(*[lambda: send(app, "user.created", data, id="msg_1")] * 20)
        assert {(one.status_code, one.content) for one in responses} == {(204, b"")}
    assert [name for name, _ in waiting()] == ["welcome", "attribution"]
    assert rows("SELECT id FROM webhook") == [{"id": "msg_1"}]


async def test_two_secrets_hold_while_the_provider_moves_from_one_to_the_other(auth, clerk, waiting):
    new, strange = stand_in.new_webhook_secret(), stand_in.new_webhook_secret()
    async with auth(**POINTS, CLERK_WEBHOOK_SECRET=f"{new} {clerk.webhook_secret}") as app:
        found = []
        for number, secret in enumerate((clerk.webhook_secret, new, strange)):
            body, _ = clerk.webhook("user.created", user(f"user_{number}"))
            answer = await app.post("/v1/webhooks/clerk", content=body, headers=stand_in.sign(secret, body))
            found.append(answer.status_code)
    assert found == [204, 204, 400]
    assert [payload["user_id"] for _, payload in waiting()] == ["user_0", "user_1"]


async def test_a_sign_up_under_two_ids_is_one_sign_up(auth, send, waiting):
    async with auth(**POINTS) as app:
        await crowd(*(partial(send, app, "user.created", user("user_1"), id=f"msg_{n}") for n in range(10)))
    assert [name for name, _ in waiting()] == ["welcome"]


async def test_another_type_does_nothing(auth, send, rows):
    async with auth(**POINTS) as app:
        for other in ("session.created", "session.ended", "user.createdd", "", "email.created"):
            assert (await send(app, other, {"object": "session"})).status_code == 204
    assert rows("SELECT * FROM users") == rows("SELECT * FROM webhook") == []


async def test_the_newest_state_wins_in_whatever_order_it_comes(auth, send, waiting):
    first = user("user_1", email="old@x.test", at=NOW - 20)
    second = user("user_1", email="new@x.test", at=NOW - 10)
    async with auth(**POINTS) as app:
        await send(app, "user.updated", second)
        assert (await me(app)).json()["email"] == "new@x.test"
        await send(app, "user.created", first)
        assert (await me(app)).json()["email"] == "new@x.test"
        await send(app, "user.updated", user("user_1", email="newest@x.test", at=NOW))
        await send(app, "user.updated", second)
        assert (await me(app)).json()["email"] == "newest@x.test"
    assert [name for name, _ in waiting()] == ["welcome"]


ORDERS = [("created", "deleted"), ("deleted", "created"), ("deleted", "updated", "created")]


async def test_a_deleted_user_stays_deleted(auth, send, rows):
    async with auth(**POINTS) as app:
        for n, order in enumerate(ORDERS):
            name = f"user_{n}"
            said = {"deleted": {"id": name, "deleted": True}}
            for what in order:
                data = said.get(what, user(name, email="a@x.test"))
                assert (await send(app, f"user.{what}", data)).status_code == 204
            gone = await me(app, name)
            assert (gone.status_code, gone.json()["code"]) == (410, "user_deleted")
            assert (await send(app, "user.deleted", said["deleted"])).status_code == 204
    assert rows("SELECT DISTINCT email, name, deleted_at IS NOT NULL AS deleted FROM users") == [
        {"email": None, "name": None, "deleted": True}
    ]


async def test_who_was_deleted_before_the_sign_up_arrived_gets_no_welcome(auth, send, waiting):
    async with auth(**POINTS) as app:
        await send(app, "user.deleted", {"id": "user_1", "deleted": True})
        await send(app, "user.created", user("user_1"))
    assert waiting() == []


async def test_a_user_of_whom_no_webhook_told_yet_is_one(auth):
    async with auth(**POINTS) as app:
        known = await me(app, "user_new")
        nothing = {"email": None, "name": None, "created_at": None}
        assert (known.status_code, known.json()) == (200, {"user_id": "user_new", "points": "pending", **nothing})


def signed(instance, body, **changes):
    headers = {**stand_in.sign(instance.webhook_secret, body), **changes}
    return [(name, value) for name, value in headers.items() if value is not None]


BODY = stand_in.event("user.created", user("user_1"))

FORGED = {
    "not signed": lambda _: [("content-type", "application/json")],
    "signed by another": lambda _: list(stand_in.sign(stand_in.new_webhook_secret(), BODY).items()),
    "signed for another body": lambda one: signed(one, BODY + b" "),
    "too old": lambda one: list(stand_in.sign(one.webhook_secret, BODY, at=time.time() - 310).items()),
    "too new": lambda one: list(stand_in.sign(one.webhook_secret, BODY, at=time.time() + 310).items()),
    "without id": lambda one: signed(one, BODY, **{"svix-id": None}),
    "without timestamp": lambda one: signed(one, BODY, **{"svix-timestamp": None}),
    "without signature": lambda one: signed(one, BODY, **{"svix-signature": None}),
    "with an empty signature": lambda one: signed(one, BODY, **{"svix-signature": ""}),
    "with a malformed signature": lambda one: signed(one, BODY, **{"svix-signature": "v1"}),
    "with a signature beyond ASCII": lambda one: signed(one, BODY, **{"svix-signature": "v1,é".encode()}),
    "with a timestamp that is none": lambda one: signed(one, BODY, **{"svix-timestamp": "soon"}),
    "with the id twice": lambda one: [*signed(one, BODY), ("svix-id", "msg_2")],
    "with all twice": lambda one: signed(one, BODY) * 2,
    "with another id beside": lambda one: [*signed(one, BODY), ("webhook-id", "msg_2")],
}


async def test_what_the_provider_did_not_sign_has_no_effect(auth, clerk, rows, waiting):
    async with auth(**POINTS) as app:
        gateway = ("x-service-token", f"Bearer {app.token('api-gateway', ['front'])}")
        for what, headers in FORGED.items():
            sent = [gateway, *headers(clerk)]
            response = await app.client.post("/v1/webhooks/clerk", content=BODY, headers=sent)
            assert (response.status_code, response.json()["code"]) == (400, "invalid_webhook"), what
    assert rows("SELECT * FROM users") == rows("SELECT * FROM webhook") == waiting() == []


UNREADABLE = {
    b"": 400,
    b"{": 400,
    b"[]": 422,
    b"{}": 422,
    b'{"type": 5}': 422,
    b'{"type": "user.created"}': 422,
    b'{"type": "user.created", "data": {}}': 422,
    b'{"type": "user.created", "data": {"id": ""}}': 422,
    b'{"type": "user.created", "data": {"id": "a "}}': 422,
    b'{"type": "user.created", "data": {"id": "a\\u0000"}}': 422,
    b'{"type": "user.created", "data": {"id": 5}}': 422,
    b'{"type": "user.created", "data": {"id": "user_1", "email_addresses": "x"}}': 422,
    b'{"type": "user.created", "data": ' + b"[" * 100_000: 400,
    b" " * 1_100_000: 413,
}


async def test_what_the_provider_signed_and_cannot_be_read_is_refused(auth, clerk, rows):
    async with auth(**POINTS) as app:
        for body, status in UNREADABLE.items():
            headers = stand_in.sign(clerk.webhook_secret, body)
            response = await app.post("/v1/webhooks/clerk", content=body, headers=headers)
            assert response.status_code == status, body[:80]
            assert response.headers["content-type"] == "application/problem+json"
    assert rows("SELECT * FROM users") == rows("SELECT * FROM webhook") == []


async def test_names_that_a_database_cannot_hold_are_mended(auth, send):
    async with auth(**POINTS) as app:
        data = user("user_1", first_name="A\x00nn", email="a\x00@x.test")
        assert (await send(app, "user.created", data)).status_code == 204
        known = (await me(app)).json()
        assert (known["name"], known["email"]) == ("Ann", "a@x.test")


async def test_either_family_of_header_names_counts(auth, clerk):
    async with auth(**POINTS) as app:
        headers = stand_in.sign(clerk.webhook_secret, BODY, prefix="webhook")
        assert (await app.post("/v1/webhooks/clerk", content=BODY, headers=headers)).status_code == 204


async def test_old_deliveries_are_forgotten_a_few_at_a_time(auth, send, rows):
    async with auth(**POINTS) as app:
        for n in range(3):
            await send(app, "user.updated", user("user_1"), id=f"msg_{n}")
        rows("UPDATE webhook SET received_at = received_at - interval '91 days' WHERE id <> 'msg_0' RETURNING id")
        await send(app, "user.updated", user("user_1"), id="msg_new")
    assert {row["id"] for row in rows("SELECT id FROM webhook")} == {"msg_0", "msg_new"}
