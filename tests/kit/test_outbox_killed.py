import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

from kit.outbox_process import Award
from stead.kit import outbox
from stead.kit.database import Database
from stead.kit.outbox import Outbox

PROGRAM = Path(__file__).with_name("outbox_process.py")


@contextmanager
def delivering(url, seconds):
    command = [sys.executable, PROGRAM, url, str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "open\n"
        yield process


async def put(url):
    async def never(_): ...

    database = Database(url, migrations=[outbox.MIGRATIONS])
    await database.open()
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE effect (key text PRIMARY KEY)")
        await connection.execute("CREATE TABLE delivery (key text)")
        await Outbox(database, handlers={"award": (Award, never)}).put(connection, "award", Award("signup:1"))
    await database.close()


def counts(url):
    with psycopg.connect(url) as connection:
        query = (
            "SELECT (SELECT count(*) FROM effect), (SELECT count(*) FROM delivery),"
            " (SELECT count(*) FROM procrastinate_jobs)"
        )
        return connection.execute(query).fetchone()


async def test_a_process_killed_half_way_leaves_its_message_to_the_next(database_url):
    await put(database_url)
    with delivering(database_url, 60) as first:
        assert first.stdout.readline() == "in hand\n"
        first.kill()
    assert counts(database_url) == (1, 1, 1)
    with delivering(database_url, 0) as second:
        started = time.monotonic()
        assert second.stdout.readline() == "in hand\n"
        assert time.monotonic() - started < 5
        second.stdin.close()
        assert second.wait(10) == 0
    assert counts(database_url) == (1, 2, 0)  # one effect, delivered twice, and nothing left to do
