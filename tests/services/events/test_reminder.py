"""Reminders: who has a seat is told a day before the event, once, however often and by how many it is looked for."""

import asyncio

REMINDERS = """
SELECT args::text AS args FROM procrastinate_jobs
WHERE args::text LIKE '%%event_reminder%%' ORDER BY id
"""
EVERY = {"EVENTS_SWEEP_SECONDS": "0.1", "NOTIFICATIONS_SERVICE_URL": "http://127.0.0.1:9"}


async def test_who_has_a_seat_is_reminded_once_and_nobody_of_an_event_that_is_far_away(run, rows):
    async with run(**EVERY) as club:
        soon, later = [await club.event(capacity=2, price=0, hours=30) for _ in range(2)]
        for user, event in (("ann", soon), ("ben", soon), ("cid", later)):
            assert (await club.booking(event, user))["status"] == "confirmed"
        rows("UPDATE event SET starts_at = now() + interval '20 hours' WHERE id = %s", soon)
        async with asyncio.timeout(20):
            while len(found := rows(REMINDERS)) < 2:
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)  # further searches find nothing to remind of
        assert len(rows(REMINDERS)) == len(found) == 2
        assert [user for user in ("ann", "ben", "cid") if any(f'"{user}"' in row["args"] for row in found)] == [
            "ann",
            "ben",
        ]
