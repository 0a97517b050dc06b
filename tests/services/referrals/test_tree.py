"""Statistics, the tree, a claim that comes later, and the first login that settles a bonus."""

from services.referrals.test_attributions import CALLER, attribute, code_of, outcome


async def brings(app, referrer, *referees):
    code = await code_of(app, referrer)
    for referee in referees:
        assert outcome(await attribute(app, code, referee)) == (201, None)


async def logs_in(app, referee, key):
    answer = await app.post("/v1/first-logins", caller=CALLER, key=key, json={"referee": referee})
    return answer.json()["referrer"]


async def statistics(app, user):
    return (await app.get("/v1/referrals/stats", user=user)).json()


def names(branches):
    return {each["referee"]: names(each["referrals"]) for each in branches}


async def test_the_tree_has_whom_mine_brought_and_stops_at_the_depth(run):
    async with run() as app:
        await brings(app, "ann", "bob", "cid")
        await brings(app, "bob", "dan")
        await brings(app, "dan", "eve")
        whole = (await app.get("/v1/referrals/tree", user="ann")).json()
        assert names(whole["referrals"]) == {"bob": {"dan": {"eve": {}}}, "cid": {}}
        assert whole["complete"]
        one = (await app.get("/v1/referrals/tree?depth=1", user="ann")).json()
        assert names(one["referrals"]) == {"bob": {}, "cid": {}}
        assert (await app.get("/v1/referrals/tree?depth=6", user="ann")).status_code == 422
        assert (await app.get("/v1/referrals/tree", user="eve")).json() == {"referrals": [], "complete": True}


async def test_a_tree_that_is_too_large_is_cut_off_and_says_so(run, rows):
    async with run() as app:
        code = await code_of(app, "ann")
        rows(
            "INSERT INTO attribution (referee, referrer, ordinal, code)"
            f" SELECT 'user_' || n, 'ann', n, '{code}' FROM generate_series(1, 501) n RETURNING referee"
        )
        said = (await app.get("/v1/referrals/tree", user="ann")).json()
        assert (len(said["referrals"]), said["complete"]) == (500, False)


async def test_statistics_count_mine_theirs_and_who_has_logged_in(run):
    async with run() as app:
        assert await statistics(app, "ann") == {"direct": 0, "indirect": 0, "first_logins": 0}
        await brings(app, "ann", "bob", "cid")
        await brings(app, "bob", "dan")
        await logs_in(app, "bob", "k1")
        await logs_in(app, "dan", "k2")
        assert await statistics(app, "ann") == {"direct": 2, "indirect": 1, "first_logins": 1}


async def test_the_first_login_names_the_referrer_once(run):
    async with run() as app:
        await brings(app, "ann", "bob")
        assert await logs_in(app, "bob", "one") == "ann"
        assert await logs_in(app, "bob", "one") == "ann", "a replay gets the first answer"
        assert await logs_in(app, "bob", "two") is None
        assert await logs_in(app, "nobody", "three") is None


async def test_a_claim_comes_later_is_refused_like_an_attribution_and_is_settled_by_the_next_login(run):
    async with run() as app:
        code = await code_of(app, "ann")
        assert await logs_in(app, "bob", "before") is None
        claimed = await app.post("/v1/referrals/claim", user="bob", json={"code": code})
        assert (claimed.status_code, claimed.json()) == (201, {"referrer": "ann"})
        again = await app.post("/v1/referrals/claim", user="bob", json={"code": code})
        assert outcome(again) == (409, "already_attributed")
        assert outcome(await app.post("/v1/referrals/claim", user="ann", json={"code": code})) == (422, "self_referral")
        mine = await code_of(app, "bob")
        ring = await app.post("/v1/referrals/claim", user="ann", json={"code": mine})
        assert outcome(ring) == (422, "referral_cycle")
        assert outcome(await app.post("/v1/referrals/claim", user="eve", json={"code": "x"})) == (404, "unknown_code")
        assert await logs_in(app, "bob", "after") == "ann"
