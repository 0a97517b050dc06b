"""Attributions: who brought whom, each refusal, and what races cannot do."""

from datetime import UTC, datetime, timedelta
from functools import partial

from services.crowd import crowd

CALLER = "auth-service"


async def code_of(app, user):
    return (await app.get("/v1/referrals/code", user=user)).json()["code"]


async def attribute(app, code, referee, key=None, **more):
    return await app.post("/v1/attributions", caller=CALLER, key=key, json={"code": code, "referee": referee, **more})


def outcome(answer):
    return answer.status_code, answer.json().get("code")


async def test_a_code_brings_a_user(run):
    async with run() as app:
        code = await code_of(app, "ann")
        answer = await attribute(app, f" {code[:5].lower()}-{code[5:]}", "bob")
        assert (answer.status_code, answer.json()) == (201, {"referrer": "ann"})
        brought = (await app.get("/v1/referrals", user="ann")).json()
        assert [one["referee"] for one in brought["referrals"]] == ["bob"]
        assert brought["next"] is None
        assert (await app.get("/v1/referrals", user="bob")).json() == {"referrals": [], "next": None}


async def test_refusals(run):
    async with run() as app:
        ann, bob = await code_of(app, "ann"), await code_of(app, "bob")
        assert outcome(await attribute(app, "0000000000", "bob")) == (404, "unknown_code")
        assert outcome(await attribute(app, "nonsense", "bob")) == (404, "unknown_code")
        assert outcome(await attribute(app, ann, "ann")) == (422, "self_referral")
        assert outcome(await attribute(app, ann, "bob")) == (201, None)
        assert outcome(await attribute(app, ann, "bob")) == (409, "already_attributed")
        assert outcome(await attribute(app, bob, "ann")) == (422, "referral_cycle")


async def test_a_longer_ring_is_a_cycle_too(run):
    async with run() as app:
        names = [f"user_{number}" for number in range(6)]
        codes = [await code_of(app, name) for name in names]
        for code, referee in zip(codes, names[1:], strict=False):
            assert outcome(await attribute(app, code, referee)) == (201, None)
        assert outcome(await attribute(app, codes[-1], names[0])) == (422, "referral_cycle")


async def test_a_sign_up_older_than_the_window_is_not_attributed(run):
    async with run(REFERRAL_WINDOW_SECONDS="3600") as app:
        code, now = await code_of(app, "ann"), datetime.now(UTC)
        late = (now - timedelta(hours=1, minutes=1)).isoformat()
        assert outcome(await attribute(app, code, "bob", occurred_at=late)) == (422, "window_over")
        soon = (now - timedelta(minutes=59)).isoformat()
        assert outcome(await attribute(app, code, "bob", occurred_at=soon)) == (201, None)
        oldest = "0001-01-01T00:00:00+23:59"
        assert outcome(await attribute(app, code, "cid", occurred_at=oldest)) == (422, "window_over")


async def test_a_replay_gets_the_first_answer(run):
    async with run() as app:
        code = await code_of(app, "ann")
        first = await attribute(app, code, "bob", key="k")
        again = await attribute(app, code, "bob", key="k")
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert outcome(await attribute(app, code, "cid", key="k")) == (422, "idempotency_key_reused")


async def test_a_refused_attribution_keeps_nothing(run, rows):
    async with run() as app:
        assert outcome(await attribute(app, "0000000000", "bob", key="k")) == (404, "unknown_code")
        assert outcome(await attribute(app, await code_of(app, "ann"), "bob", key="k2")) == (201, None)
    assert len(rows("SELECT FROM attribution")) == 1


async def test_fifty_pairs_that_bring_each_other_at_once_make_no_cycle(run, rows):
    async with run() as app:
        pairs = [(f"a{number}", f"b{number}") for number in range(50)]
        codes = {name: await code_of(app, name) for pair in pairs for name in pair}
        tries = [partial(attribute, app, codes[one], two) for a, b in pairs for one, two in ((a, b), (b, a))]
        answers = [outcome(answer) for answer in await crowd(*tries)]
    for number in range(50):
        assert sorted(answers[2 * number : 2 * number + 2], key=str) == [(201, None), (422, "referral_cycle")]
    assert len(rows("SELECT FROM attribution")) == 50


async def test_a_ring_closed_at_once_stays_open(run, rows):
    async with run() as app:
        names = [f"user_{number}" for number in range(12)]
        codes = [await code_of(app, name) for name in names]
        tries = [partial(attribute, app, code, names[(number + 1) % 12]) for number, code in enumerate(codes)]
        answers = [outcome(answer) for answer in await crowd(*tries)]
    assert answers.count((201, None)) == 11
    assert answers.count((422, "referral_cycle")) == 1


async def test_one_referee_claimed_by_many_at_once_has_one_referrer(run, rows):
    async with run() as app:
        codes = [await code_of(app, f"user_{number}") for number in range(20)]
        answers = [outcome(answer) for answer in await crowd(*(partial(attribute, app, code, "bob") for code in codes))]
    assert answers.count((201, None)) == 1
    assert answers.count((409, "already_attributed")) == 19


async def test_the_list_is_paged_newest_first(run):
    async with run() as app:
        code = await code_of(app, "ann")
        for number in range(5):
            await attribute(app, code, f"user_{number}")
        seen, after = [], {}
        while after is not None:
            page = (await app.get("/v1/referrals", user="ann", params={"limit": 2, **after})).json()
            seen += [one["referee"] for one in page["referrals"]]
            after = {"after": page["next"]} if page["next"] else None
    assert seen == [f"user_{number}" for number in reversed(range(5))]


GOOD = {"code": "0123456789", "referee": "bob"}


BAD_BODIES = [
    ({**GOOD, "referee": ""}, "referee"),
    ({**GOOD, "referee": "x" * 256}, "referee"),
    ({**GOOD, "referee": "a\x00b"}, "referee"),
    ({**GOOD, "referee": 7}, "referee"),
    ({"code": "0123456789"}, "referee"),
    ({**GOOD, "code": ""}, "code"),
    ({**GOOD, "code": "1" * 65}, "code"),
    ({**GOOD, "occurred_at": "yesterday"}, "occurred_at"),
    ({**GOOD, "occurred_at": "2026-01-01T00:00:00"}, "occurred_at"),
    ({**GOOD, "extra": 1}, "extra"),
]


async def test_bad_bodies(run):
    async with run() as app:
        for body, path in BAD_BODIES:
            answer = await app.post("/v1/attributions", caller=CALLER, json=body)
            assert outcome(answer) == (422, "invalid_body"), body
            assert path in str(answer.json()["errors"]), body


async def test_bad_pages(run):
    async with run() as app:
        for query in ("limit=0", "limit=101", "limit=x", "after=x", "after=0", "after=99999999999999999999"):
            answer = await app.get(f"/v1/referrals?{query}", user="ann")
            assert answer.status_code == 422, query


async def test_who_may_ask(run):
    async with run() as app:
        body = {"code": "0123456789", "referee": "bob"}
        assert (await app.post("/v1/attributions", json=body)).status_code == 401
        assert (await app.post("/v1/attributions", caller="stranger", json=body)).status_code == 401
        assert (await app.post("/v1/attributions", caller=CALLER, may=["front"], json=body)).status_code == 403
        assert (await app.get("/v1/referrals/code")).status_code == 401
        assert (await app.get("/v1/referrals/code", gateway=True)).status_code == 401
        assert (await app.get("/v1/attributions", caller=CALLER)).status_code == 405
