"""What the events service tells of its work: bookings that hold a seat, that wait, and holds that nobody ended."""

import asyncio


async def test_bookings_that_are_held_wait_or_are_overdue_are_counted(run, rows, monkeypatch):
    monkeypatch.setattr("stead.services.events.metrics.EVERY", 0.05)
    async with run() as club:
        event = await club.event(capacity=2)
        for user in ("ann", "ben", "cid"):
            await club.booking(event, user)
        await told(club, bookings_held=2, bookings_offered=0, bookings_waiting=1, bookings_overdue=0)
        rows("UPDATE booking SET until = now() - interval '2 minutes' WHERE user_id = 'ann'")
        await told(club, bookings_overdue=1)
        assert (await club.book(event, "dan")).status_code == 201  # every change of the event ends what is over
        await told(club, bookings_overdue=0)


async def told(club, **values):
    lines = {f"{name} {float(value)}" for name, value in values.items()}
    async with asyncio.timeout(8):
        while not lines <= set((await club.app.get("/metrics")).text.splitlines()):
            await asyncio.sleep(0.03)
