"""Bench (h): bookings a second of one trip that everybody wants, against the bare statement under the same row lock.

200 clients book and cancel, with ten seats free at a time, so that every request waits for the lock of one row. Who
finds no seat waits in line, and a seat that is given back is offered to the first. The service and its clients share
one process and one core; who gets 503 or 504 tries again, which does not count. The floor is what no booking
can do without: a row that is counted up and a row that is added, in one statement, by pgbench with as many connections
as the service has.
"""

import asyncio
import logging
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.row import Row
from stead.run.postgres import Cluster, binary, create_database
from stead.services import events
from stead.services.events.app import create
from stead.services.events.replay import replay
from stead.testing.harness import App, running

BUSY = frozenset({503, 504})
CLIENTS, SEATS, CONNECTIONS, ROUNDS = 200, 10, 10, 3
ORGANIZER: dict[str, Any] = {"user": "organizer", "roles": ["organizer"]}
TABLES = """
CREATE TABLE IF NOT EXISTS floor_event (id int PRIMARY KEY, held bigint NOT NULL) WITH (fillfactor = 70);
CREATE TABLE IF NOT EXISTS floor_booking (id bigserial PRIMARY KEY, event int, at timestamptz);
INSERT INTO floor_event VALUES (1, 0) ON CONFLICT DO NOTHING;
"""
FLOOR = """
WITH counted AS (UPDATE floor_event SET held = held + 1 WHERE id = 1 RETURNING id)
INSERT INTO floor_booking (event, at) SELECT id, clock_timestamp() FROM counted;
"""


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; each of the two is measured for `seconds` in each round."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    cluster = Cluster(folder)
    cluster.start()
    try:
        url = create_database(cluster.url(), "events", secrets.token_hex(8))
        found = [(_floor(url, folder, seconds), asyncio.run(_bookings(url, seconds))) for _ in range(ROUNDS)]
    finally:
        cluster.stop()
        shutil.rmtree(folder)
    floors, rates = zip(*found, strict=True)
    ratio = median(rate / floor for floor, rate in found)
    return [
        Row(f"bare update + insert of one row, pgbench, {CONNECTIONS} connections", median(floors), "1/s"),
        Row(f"bookings and cancellations of one trip, {CLIENTS} clients", median(rates), "1/s", ratio),
    ]


def _floor(url: str, folder: Path, seconds: float) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)
    script = folder / "floor.sql"
    script.write_text(FLOOR)
    how = ("-n", "-M", "prepared", "-c", str(CONNECTIONS), "-T", str(max(1, round(seconds))))
    done = subprocess.run([binary("pgbench"), *how, "-f", script, url], capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"no figure in what pgbench said:\n{done.stdout}{done.stderr}")
    return float(found[1])


async def _bookings(url: str, seconds: float) -> float:
    environ = {"DATABASE_URL": url, "DATABASE_POOL": str(CONNECTIONS)}
    logging.disable()  # it logs every 503 and 504
    async with running(create, service=events.service(), environ=environ) as app:
        trip = await _trip(app)
        began = time.perf_counter()
        counts = await asyncio.gather(*(_client(app, trip, f"user{n}", began + seconds) for n in range(CLIENTS)))
        took = time.perf_counter() - began
    report = replay(url)
    if not report.clean:
        raise RuntimeError(f"a seat was sold twice, or lost: {report.first}")
    return sum(counts) / took


async def _trip(app: App) -> str:
    await app.put("/v1/organizers/club", json={"title": "The club"}, **ORGANIZER)
    start = datetime.now(UTC) + timedelta(days=1)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=8)).isoformat()}
    body = {"organizer": "club", "title": "River trip", "capacity": SEATS, "price": 100_00, **times}
    trip = str((await app.post("/v1/events", json=body, **ORGANIZER)).json()["id"])
    (await app.post(f"/v1/events/{trip}/publication", **ORGANIZER)).raise_for_status()
    return trip


async def _client(app: App, trip: str, user: str, until: float) -> int:
    """Book and cancel in turns; return how often that was done, without what was answered 503 or 504."""
    made, booking = 0, ""
    while time.perf_counter() < until:
        if booking:
            answer = await app.delete(f"/v1/bookings/{booking}", user=user)
        else:
            answer = await app.post(f"/v1/events/{trip}/bookings", user=user)
        if answer.status_code in BUSY:
            continue
        booking = "" if booking else answer.raise_for_status().json()["id"]
        made += 1
    return made
