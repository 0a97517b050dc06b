"""The roster, and promotion by hand."""


async def waiting(house, promotion="manual"):
    event = await house.announce(capacity=1, promotion=promotion)
    for user in ("ann", "bob", "cid", "dan"):
        await house.register(event, user)
    return event


async def test_a_freed_seat_stays_free_until_an_editor_gives_it(run, hold):
    async with run() as house:
        event = await waiting(house)
        await house.cancel(event, "ann")
        assert await house.seats(event) == (0, 3)
        assert await house.status(event, "eve") == (201, "waitlisted")  # nobody passes the line
        assert await house.promote(event, user_id="cid") == (200, ("cid", "registered"))
        assert await house.promote(event) == (409, "no_free_seat")
        await house.change(event, capacity=2)
        assert await house.promote(event) == (200, ("bob", "registered"))
        assert await house.seats(event) == (2, 2)
        assert (await house.change(event, capacity=3, promotion="automatic")).json()["registered"] == 3
    hold()


async def test_who_cannot_be_promoted(run, rows, hold):
    async with run() as house:
        event = await waiting(house)
        assert await house.promote(event, user_id="ann") == (200, ("ann", "registered"))
        assert await house.promote(event, user_id="nobody") == (404, "unknown_registration")
        assert await house.promote(event, user_id="bob") == (409, "no_free_seat")
        assert await house.promote(await house.announce()) == (404, "unknown_registration")
        await house.cancel(event, "ann")
        rows("UPDATE event SET starts_at = now() - interval '1 second'")
        assert await house.promote(event, user_id="bob") == (409, "event_started")
    hold()


async def test_an_editor_may_settle_an_offer(run, hold):
    async with run() as house:
        event = await waiting(house, "offer")
        await house.cancel(event, "ann")
        assert await house.promote(event, user_id="cid") == (409, "no_free_seat")
        assert await house.promote(event, user_id="bob") == (200, ("bob", "registered"))
        assert await house.seats(event) == (1, 2)
    hold()


async def test_the_roster_is_paged_in_the_order_of_coming(run):
    editor = {"user": "edith", "roles": ["editor"]}
    async with run() as house:
        event = await waiting(house)
        await house.cancel(event, "bob")
        seen, after = [], {}
        while after is not None:
            asked = {"limit": 2, **after}
            page = (await house.app.get(f"/v1/events/{event}/registrations", params=asked, **editor)).json()
            seen += [(one["user_id"], one["status"]) for one in page["registrations"]]
            after = {"after": page["next"]} if page["next"] else None
        assert seen == [("ann", "registered"), ("cid", "waitlisted"), ("dan", "waitlisted")]


async def test_the_roster_is_for_editors(run):
    async with run() as house:
        event = await waiting(house)
        assert (await house.app.get(f"/v1/events/{event}/registrations", user="ann")).json()["code"] == "role_missing"
        assert (await house.app.post(f"/v1/events/{event}/promotions", user="ann", json={})).status_code == 403
        bad = await house.app.get(f"/v1/events/{event}/registrations?after=x", user="edith", roles=["editor"])
        assert bad.status_code == 422
