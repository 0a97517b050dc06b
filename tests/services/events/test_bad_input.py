"""Bad input: a code that is stable, and never a 500."""

import pytest

from services.events.conftest import ORGANIZER

START, END = "2030-01-01T10:00:00Z", "2030-01-02T10:00:00Z"
DRAFT = {"organizer": "club", "title": "A trip", "starts_at": START, "ends_at": END, "capacity": 1}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/organizers/a%00b",
        "/v1/organizers/a%00b/calendar",
        "/v1/organizers?after=%00",
        "/v1/events?organizer=%00",
        "/v1/events?after=%00",
        "/v1/events?after=e30",
        "/v1/events?limit=0",
        "/v1/events/no-uuid",
        "/v1/events?after=%ED%A0%80",
    ],
)
async def test_a_path_or_a_query_that_cannot_be(run, path):
    async with run() as club:
        assert (await club.app.get(path)).status_code in (404, 422)


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": END, "ends_at": START},
        {"starts_at": START, "ends_at": START},
        {"starts_at": "1999-01-01T00:00:00Z"},
        {"starts_at": "2030-01-01T10:00:00"},
        {"capacity": 0},
        {"capacity": 2**40},
        {"price": -1},
        {"price": 2**63},
        {"price": 1.5},
        {"currency": "rub"},
        {"currency": "RUB\n"},
        {"title": "ab"},
        {"title": "A trip\u202e"},
        {"title": "A trip\u0000"},
        {"organizer": "a\u0000"},
        {"unknown": 1},
    ],
)
async def test_a_draft_that_is_refused(run, change):
    async with run() as club:
        answer = await club.app.post("/v1/events", json=DRAFT | change, **ORGANIZER)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body"), answer.text


async def test_an_organizer_changes_only_what_is_theirs_and_only_what_may_change(run):
    async with run() as club:
        event = await club.event()
        other = {"user": "eve", "roles": ["organizer"]}
        for method, path, body in (
            ("PATCH", f"/v1/events/{event}", {"capacity": 5}),
            ("POST", f"/v1/events/{event}/cancellation", None),
            ("GET", f"/v1/events/{event}/export", None),
        ):
            answer = await club.app.request(method, path, json=body, **other)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_owner")
        taken = await club.app.put("/v1/organizers/club", json={"title": "Mine now"}, **other)
        assert taken.json()["code"] == "slug_taken"
        assert (await club.change(event, title="Another")).json()["code"] == "not_editable"
        assert (await club.app.post(f"/v1/events/{event}/completion", **ORGANIZER)).json()["code"] == "event_status"
        for _ in range(2):
            assert (await club.app.post(f"/v1/events/{event}/cancellation", **ORGANIZER)).status_code == 200
        assert (await club.app.post(f"/v1/events/{event}/publication", **ORGANIZER)).json()["code"] == "event_status"


async def test_a_table_has_no_formulas_and_a_calendar_no_broken_lines(run):
    async with run() as club:
        event = await club.event(price=0, title="Day; one, two", description="line\n" + "я" * 100)
        await club.booking(event, "=cmd()")
        table = (await club.app.get(f"/v1/events/{event}/export", **ORGANIZER)).text
        assert "'=cmd()" in table
        shown = await club.app.get("/v1/organizers/club/calendar")
        assert shown.headers["content-type"] == "text/calendar; charset=utf-8"
        assert "SUMMARY:Day\\; one\\, two\r\n" in shown.text
        assert max(len(line.encode()) for line in shown.text.split("\r\n")) <= 75


async def test_an_export_has_every_booking_however_many_there_are(run, rows):
    """It was cut at 100 000 rows, and said nothing of it."""
    async with run() as club:
        event = await club.event(price=0)
        rows(
            "INSERT INTO booking (event_id, user_id, place, status, price, currency, created_at, ended_at)"
            " SELECT %s, 'user_' || n, n, 'cancelled', 0, 'RUB', now(), now() FROM generate_series(1, 100001) n",
            event,
        )
        answer = await club.app.get(f"/v1/events/{event}/export", **ORGANIZER)
        assert answer.text.count("\r\n") == 100_002
        assert ",user_100001,cancelled," in answer.text
        other = await club.app.get(f"/v1/events/{event}/export", user="eve", roles=["organizer"])
        assert other.json()["code"] == "not_owner"


async def test_favourites_come_in_pages_that_leave_none_out(run):
    """They were cut at two hundred, the soonest first: those to come were left out."""
    async with run() as club:
        events = [await club.event(hours=24.0 + number) for number in range(3)]
        for event in reversed(events):
            assert (await club.app.put(f"/v1/events/{event}/favourite", user="ann")).status_code == 204
        first = (await club.app.get("/v1/favourites?limit=2", user="ann")).json()
        second = (await club.app.get(f"/v1/favourites?limit=2&after={first['next']}", user="ann")).json()
        assert [each["id"] for each in (*first["events"], *second["events"])] == events
        assert second["next"] is None
        assert (await club.app.get("/v1/favourites?after=x", user="ann")).json()["code"] == "invalid_cursor"
