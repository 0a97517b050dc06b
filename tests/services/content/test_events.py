"""Events: announced, changed, listed."""

import uuid

EDITOR = {"user": "edith", "roles": ["editor"]}
GOOD = {"title": "Meeting", "starts_at": "2030-01-01T18:00:00Z", "capacity": 10}


async def test_an_event_is_announced_and_seen(run):
    async with run() as house:
        made = await house.app.post("/v1/events", json=GOOD, **EDITOR)
        assert made.status_code == 201
        assert made.headers["location"] == f"/v1/events/{made.json()['id']}"
        seen = await house.app.get(f"/v1/events/{made.json()['id']}")
        assert (
            seen.json()
            == made.json()
            == {
                **GOOD,
                "id": made.json()["id"],
                "description": "",
                "registered": 0,
                "waitlisted": 0,
                "promotion": "automatic",
            }
        )


async def test_a_replayed_announcement_makes_one_event(run, rows):
    async with run() as house:
        first = await house.app.post("/v1/events", json=GOOD, key="k", **EDITOR)
        again = await house.app.post("/v1/events", json=GOOD, key="k", **EDITOR)
    assert again.json() == first.json()
    assert len(rows("SELECT FROM event")) == 1


async def test_events_to_come_first_and_then_the_past_ones(run):
    async with run() as house:
        hours = [-30, -20, -10, 10, 20, 20, 30]
        made = {await house.announce(hours=hour): hour for hour in hours}
        for limit in (1, 2, 3, 4, 7, 100):
            seen, after = [], {}
            while after is not None:
                page = (await house.app.get("/v1/events", params={"limit": limit, **after})).json()
                assert len(page["events"]) <= limit
                seen += [made[one["id"]] for one in page["events"]]
                after = {"after": page["next"]} if page["next"] else None
            assert seen == [10, 20, 20, 30, -10, -20, -30], limit


async def test_a_change_changes_what_it_says_and_nothing_else(run):
    async with run() as house:
        event = await house.announce(capacity=3, description="Old")
        before = (await house.app.get(f"/v1/events/{event}")).json()
        changed = await house.change(event, title="New")
        assert (changed.status_code, changed.json()) == (200, {**before, "title": "New"})
        assert (await house.change(event)).json() == {**before, "title": "New"}


async def test_a_capacity_below_the_taken_seats_is_refused(run, hold):
    async with run() as house:
        event = await house.announce(capacity=3)
        for user in ("ann", "bob"):
            await house.register(event, user)
        refused = await house.change(event, capacity=1, title="New")
        assert (refused.status_code, refused.json()["code"], refused.json()["taken"]) == (409, "capacity_taken", 2)
        assert (await house.app.get(f"/v1/events/{event}")).json()["title"] == "Meeting"
        assert (await house.change(event, capacity=2)).json()["capacity"] == 2
    hold()


async def test_unknown_events(run):
    known, malformed = (404, "unknown_event"), (422, "invalid_parameter")
    async with run() as house:
        for event, refused in ((uuid.uuid4(), known), ("nonsense", malformed), ("%00", malformed)):
            answers = [
                await house.app.get(f"/v1/events/{event}"),
                await house.change(event, title="New"),
                await house.register(event, "ann"),
                await house.cancel(event, "ann"),
                await house.standing(event, "ann"),
                await house.app.get(f"/v1/events/{event}/registrations", **EDITOR),
                await house.app.post(f"/v1/events/{event}/promotions", json={}, **EDITOR),
            ]
            assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {refused}, event


BAD_BODIES = [
    ({"title": ""}, "title"),
    ({"title": "\x07"}, "title"),
    ({"title": None}, "title"),
    ({"capacity": 0}, "capacity"),
    ({"capacity": -1}, "capacity"),
    ({"capacity": 1.5}, "capacity"),
    ({"capacity": "3"}, "capacity"),
    ({"capacity": 10**30}, "capacity"),
    ({"starts_at": "tomorrow"}, "starts_at"),
    ({"starts_at": "2030-01-01T18:00:00"}, "starts_at"),
    ({"starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at"),
    ({"starts_at": "0001-01-01T00:00:00+12:00"}, "starts_at"),
    ({"description": "\x00"}, "description"),
    ({"promotion": "by lot"}, "promotion"),
    ({"registered": 5}, "registered"),
]


async def test_bad_bodies(run):
    async with run() as house:
        event = await house.announce()
        for change, path in BAD_BODIES:
            made = await house.app.post("/v1/events", json={**GOOD, **change}, **EDITOR)
            for answer in (made, await house.change(event, **change)):
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body"), change
                assert path in str(answer.json()["errors"]), change


async def test_who_may_announce_and_change(run):
    async with run() as house:
        event = await house.announce()
        for how in ({"user": "ann"}, {"user": "ann", "roles": ["reader"]}):
            assert (await house.app.post("/v1/events", json=GOOD, **how)).json()["code"] == "role_missing"
            assert (await house.app.patch(f"/v1/events/{event}", json={}, **how)).status_code == 403
        assert (await house.app.post("/v1/events", json=GOOD, gateway=True)).status_code == 401
        assert (await house.app.post(f"/v1/events/{event}/registrations", gateway=True)).status_code == 401
        assert (await house.app.post("/v1/events", json=GOOD)).status_code == 401
