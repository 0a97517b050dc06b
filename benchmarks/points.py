"""Bench (c): awards a second, at the store and through HTTP, against pgbench's bare insert + update.

All three run against one PostgreSQL with its ordinary durability (fsync and synchronous_commit on), with the same
number of clients, in turns; a ratio is the median over the rounds of the ratios within each. The floor is the quicker
of the two ways to write it: one statement, one round trip, no cap, no key, no history.
"""

import asyncio
import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.row import Row
from stead.kit.caller import mint
from stead.kit.database import Database
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.kit.migrations import Migrations
from stead.run.postgres import Cluster, binary, create_database
from stead.services.points import app as points_app
from stead.services.points.contract import Award
from stead.services.points.store import Claim, Ledger, Outcome

CLIENTS = 64
USERS = 10_000
BATCH = 256
ROUNDS = 3
CAP = 2**53
HERE = Path(__file__).parent
FLOOR_TABLES = f"""
CREATE TABLE floor_account (id bigint PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 70);
CREATE TABLE floor_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account bigint, amount bigint);
INSERT INTO floor_account SELECT n, 0 FROM generate_series(1, {USERS}) n;
"""
FLOOR = f"""
\\set account random(1, {USERS})
WITH written AS (INSERT INTO floor_entry (account, amount) VALUES (:account, 1))
UPDATE floor_account SET balance = balance + 1 WHERE id = :account;
"""
SERVICE, CALLER = "points-service", "auth-service"


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; each of the three is measured for `seconds` in each round."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    cluster = Cluster(folder)
    cluster.start()
    try:
        url = create_database(cluster.url(), "points", secrets.token_hex(8))
        return _rounds(folder, url, seconds)
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _rounds(folder: Path, url: str, seconds: float) -> list[Row]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FLOOR_TABLES)
    script = folder / "floor.sql"
    script.write_text(FLOOR)
    key = new_private_key(CALLER)
    with _service(url, key) as port:
        found = []
        for _ in range(ROUNDS):
            floor = _pgbench(url, script, seconds)
            found.append((floor, asyncio.run(_store(url, seconds)), _http(port, key, seconds)))
    return _rows(found)


def _rows(found: list[tuple[float, float, float | None]]) -> list[Row]:
    floors, stores, https = zip(*found, strict=True)
    rows = [
        Row(f"bare insert + update, pgbench, {CLIENTS} clients", median(floors), "1/s"),
        Row(
            f"awards at the store, {CLIENTS} clients, batches of {BATCH}",
            median(stores),
            "awards/s",
            median(store / floor for floor, store, _ in found),
            2.0,
        ),
    ]
    if None in https:
        return [*rows, Row("awards through HTTP: install wrk (apt install wrk, brew install wrk)")]
    ratio = median(http / floor for floor, _, http in found if http is not None)
    return [*rows, Row(f"awards through HTTP, {CLIENTS} connections", median(https), "awards/s", ratio, 0.4)]


def _pgbench(url: str, script: Path, seconds: float) -> float:
    how = ("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))))
    done = subprocess.run([binary("pgbench"), *how, "-f", script, url], capture_output=True, text=True)
    return _figure(r"tps = ([\d.]+)", done.stdout + done.stderr)


def _figure(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no figure in what it said:\n{text}")
    return float(found[1])


async def _store(url: str, seconds: float) -> float:
    database = Database(url, migrations=[Migrations.beside(points_app.__file__, "points")])
    await database.open()
    ledger = Ledger(database, CAP, 86_400)
    began = time.perf_counter()
    made = await asyncio.gather(*(_award(ledger, began + seconds) for _ in range(CLIENTS)))
    took = time.perf_counter() - began
    await database.close()
    return sum(made) / took


async def _award(ledger: Ledger, until: float) -> int:
    run, made = secrets.token_hex(4), 0
    while time.perf_counter() < until:
        claims = [
            Claim(CALLER, f"{run}-{made + n}", Award(f"user_{random.randrange(USERS)}", 1, "bench"))
            for n in range(BATCH)
        ]
        outcomes = await ledger.award(claims)
        assert all(isinstance(each, Outcome) and each.code == "granted" for each in outcomes)
        made += BATCH
    return made


def _http(port: int, key: str, seconds: float) -> float | None:
    wrk = shutil.which("wrk")
    if wrk is None:
        return None
    token = mint(signing_key(key), CALLER, SERVICE, ["award"], now=time.time())
    how = ("-t", "2", "-c", str(CLIENTS), "-d", f"{max(1, round(seconds))}s", "-s", HERE / "award.lua")
    host = f"127.0.0.1:{port}"
    command = [wrk, *how, f"http://{host}/v1/awards", "--", token, secrets.token_hex(4), host]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"not every award was granted:\n{text}")
    return _figure(r"Requests/sec:\s*([\d.]+)", text)


@contextmanager
def _service(url: str, key: str) -> Iterator[int]:
    """Run the service as it runs anywhere, and yield its port."""
    environ = _environ(url, key)
    command = [sys.executable, "-m", "stead.kit.serve", "stead.services.points.app:create"]
    with (
        tempfile.NamedTemporaryFile() as log,
        subprocess.Popen(command, env=environ, stderr=log) as process,
    ):
        try:
            yield _port(Path(log.name), process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _environ(url: str, key: str) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SERVICE_NAME": SERVICE,
        "PORT": "0",
        "LOG_LEVEL": "INFO",
        "DATABASE_URL": url,
        "SERVICE_JWT_SECRET": new_private_key(SERVICE),
        "SERVICE_JWT_KEYS": jwk_set({CALLER: public_jwk(key, CALLER, ("award",))}),
        "POINTS_VELOCITY_CAP": str(CAP),
    }


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(200):
        if match := re.search(r'"port":\s*(\d+)', log.read_text()):
            return int(match[1])
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError("the service did not start")


if __name__ == "__main__":
    for row in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0):
        aim = f"  x{row.ratio:.2f} (aim {row.aim})" if row.ratio is not None else ""
        print(f"{row.name:70} {row.value:12,.0f} {row.unit}{aim}")
