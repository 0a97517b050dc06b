import asyncio
import subprocess
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from stead.kit import outbox, trace
from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.metrics import Metrics
from stead.kit.outbox import Final, Outbox
from stead.kit.outbox.retry import ATTEMPTS, LONGEST, wait_before
from stead.kit.service_client import CallRefused, CallUnavailable
from stead.run.postgres import Cluster, binary


class Note(msgspec.Struct):
    text: str


class Desk:
    """A database and its outbox; `got` is what was delivered. `fail` holds what the next deliveries raise."""

    def __init__(self, url, **more):
        self.got, self.fail, self.traces = [], [], []
        self.database = Database(url, migrations=[outbox.MIGRATIONS], **more)
        self.outbox = Outbox(self.database, handlers={"note": (Note, self.deliver)})
        self.pause = 0

    async def __aenter__(self):
        await self.database.open()
        await self.outbox.open()
        return self

    async def __aexit__(self, *_):
        await self.outbox.close()
        await self.database.close()

    async def deliver(self, note):
        await asyncio.sleep(self.pause)
        self.traces.append(trace.current().request_id)
        if self.fail:
            raise self.fail.pop(0)
        self.got.append(note.text)

    async def put(self, text, **more):
        async with self.database.transaction() as connection:
            await self.outbox.put(connection, "note", Note(text), **more)

    async def ready(self):
        await until(lambda: self.outbox._worker and self.outbox._worker.worker_id)

    async def jobs(self):
        async with self.database.connection() as connection:
            cursor = await connection.execute("SELECT status, attempts FROM procrastinate_jobs ORDER BY id")
            return [(row["status"], row["attempts"]) for row in await cursor.fetchall()]


async def until(true, seconds=10.0):
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_message_is_delivered_at_once_and_then_gone(database_url):
    async with Desk(database_url) as desk:
        await desk.ready()
        await desk.outbox.check()
        started = time.monotonic()
        trace.begin(b"request-7", None)
        await desk.put("hello")
        await until(lambda: desk.got)
        assert time.monotonic() - started < 0.5
        await asyncio.sleep(0.1)
        assert (desk.got, desk.traces, await desk.jobs()) == (["hello"], ["request-7"], [])


async def test_no_message_waits_for_a_poll(database_url):
    async with Desk(database_url) as desk:
        await desk.ready()
        for number in range(60):
            started = time.monotonic()
            await desk.put(str(number))
            await asyncio.sleep(number % 7 / 1000)  # so that some are announced while the worker looks
            await until(lambda: len(desk.got) > number)  # noqa: B023 - asked at once
            assert time.monotonic() - started < 1


async def test_what_is_rolled_back_is_never_delivered(database_url):
    async with Desk(database_url) as desk:
        with pytest.raises(ZeroDivisionError):
            async with desk.database.transaction() as connection:
                await desk.outbox.put(connection, "note", Note("never"))
                raise ZeroDivisionError
        await desk.put("after")
        await until(lambda: desk.got)
        assert desk.got == ["after"]


async def test_messages_wait_while_nobody_works(database_url):
    desk = Desk(database_url)
    await desk.database.open()
    await desk.put("early")
    with pytest.raises(HttpProblem):
        await desk.outbox.check()
    await desk.outbox.open()
    await until(lambda: desk.got)
    await desk.outbox.close()
    await desk.database.close()


async def test_messages_with_one_lock_keep_their_order(database_url):
    async with Desk(database_url) as desk:
        desk.pause = 0.02
        desk.fail = [CallUnavailable("points-service", "down")]
        for text in "abcd":
            await desk.put(text, lock="user_1")
        await until(lambda: len(desk.got) == 4)
        assert desk.got == list("abcd")


async def test_an_outage_is_waited_out(database_url):
    async with Desk(database_url) as desk:
        desk.fail = [CallUnavailable("points-service", "down"), RuntimeError("a bug")]
        await desk.put("late")
        await until(lambda: desk.got)
        assert desk.got == ["late"]


async def test_a_refusal_that_stands_ends_it_and_is_seen(database_url, caplog):
    async with Desk(database_url) as desk:
        desk.fail = [CallRefused("points-service", 422, "invalid_body")]
        await desk.put("a secret of its own")
        await until(lambda: any(record.levelname == "ERROR" for record in caplog.records))
        await asyncio.sleep(0.05)
        assert await desk.jobs() == [("failed", 1)]
        assert "a secret" not in caplog.text
        assert "invalid_body" in str([getattr(record, "error", "") for record in caplog.records])


async def test_a_payload_of_another_kind_is_refused_where_it_is_put(database_url):
    async with Desk(database_url) as desk, desk.database.transaction() as connection:
        with pytest.raises(TypeError, match="takes a Note"):
            await desk.outbox.put(connection, "note", Other())
        with pytest.raises(KeyError):
            await desk.outbox.put(connection, "nothing", Note(""))


class Other(msgspec.Struct):
    pass


class Rich(msgspec.Struct, frozen=True):
    at: datetime
    id: UUID
    amount: int
    note: str | None = None


async def test_a_payload_arrives_as_it_was_put(database_url):
    got = []

    async def deliver(message):
        got.append(message)

    database = Database(database_url, migrations=[outbox.MIGRATIONS])
    box = Outbox(database, handlers={"rich": (Rich, deliver)})
    await database.open()
    await box.open()
    rich = Rich(datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), uuid4(), 2**53, "ё%s\\")
    async with database.transaction() as connection:
        await box.put(connection, "rich", rich)
    await until(lambda: got)
    await box.close()
    await database.close()
    assert got == [rich]


async def test_a_stop_gives_back_what_it_cannot_finish(database_url, monkeypatch):
    monkeypatch.setattr("stead.kit.outbox.outbox.GRACE", 0.1)
    async with Desk(database_url) as desk:
        desk.pause = 60
        await desk.put("long")
        await until(lambda: desk.outbox._worker and desk.outbox._worker.running_ids)
        started = time.monotonic()
        await desk.outbox.close()
        assert time.monotonic() - started < 2
        assert await desk.jobs() == [("todo", 1)]
        desk.pause = 0
        await desk.outbox.open()
        await until(lambda: desk.got)


async def test_what_nobody_works_on_any_more_is_given_back(database_url):
    async with Desk(database_url) as desk:
        await desk.ready()
        async with desk.database.connection() as connection:
            await desk.outbox.put(connection, "note", Note("lost"))
            await until(lambda: desk.got)
            await connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
                """ VALUES ('outbox', 'note', '{"payload": {"text": "found"}, "origin": {}}', 'doing', %s)""",
                (desk.outbox._worker.worker_id,),
            )
        await until(lambda: "found" in desk.got)


async def test_a_restart_of_the_server_is_survived(tmp_path):
    cluster = Cluster(tmp_path / "pg", durable=False)
    cluster.start()
    async with Desk(cluster.url()) as desk:
        await desk.ready()
        cluster.stop()
        await until(lambda: desk.outbox._worker is None)
        cluster.start()
        await desk.ready()
        await desk.put("after")
        await until(lambda: desk.got)
    cluster.stop()


async def test_a_worker_that_others_took_for_dead_begins_anew(database_url):
    async with Desk(database_url) as desk:
        await desk.ready()
        first = desk.outbox._worker.worker_id
        async with desk.database.connection() as connection:
            await connection.execute("DELETE FROM procrastinate_workers")
        await until(lambda: desk.outbox._worker and desk.outbox._worker.worker_id not in (None, first))
        await desk.put("still")
        await until(lambda: desk.got)


async def test_two_workers_share_the_work_and_double_nothing(database_url):
    async with Desk(database_url) as one, Desk(database_url) as two:
        await one.ready()
        await two.ready()
        for number in range(40):
            await one.put(str(number), lock=str(number % 3))
        await until(lambda: len(one.got) + len(two.got) >= 40)
        await asyncio.sleep(2.5)  # long enough for a mistaken rescue
        assert sorted(one.got + two.got, key=int) == [str(number) for number in range(40)]


def test_waits_grow_to_a_bound_and_end():
    down = CallUnavailable("points-service", "down")
    waits = [wait_before(down, attempts) for attempts in range(8)]
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST, LONGEST]
    assert wait_before(down, ATTEMPTS) is None


@pytest.mark.parametrize(
    ("status", "code", "retry_after", "wait"),
    [
        (422, "invalid_body", None, None),
        (404, "unknown_code", None, None),
        (404, "not_found", None, 1),
        (409, "already_attributed", None, None),
        (409, "idempotency_in_flight", None, 1),
        (429, "velocity_cap", 3600, 3600),
        (401, "unauthenticated", None, 1),
        (403, "operation_missing", None, 1),
        (408, "timeout", None, 1),
    ],
)
def test_a_refusal_is_final_unless_it_passes(status, code, retry_after, wait):
    assert wait_before(CallRefused("points-service", status, code, "", retry_after), 0) == wait


def test_a_handler_may_say_that_it_is_final_and_a_stop_is_no_failure():
    assert wait_before(Final("no such user"), 0) is None
    assert wait_before(asyncio.CancelledError(), 50) == 0


class Stepwise(outbox.schema.LibrarySchema):
    def baseline(self):
        return ""


async def test_the_whole_schema_and_its_steps_make_the_same_database(new_database, database_url):
    from stead.kit import migrations

    other = new_database()
    await migrations.apply(database_url, [outbox.MIGRATIONS])
    await migrations.apply(other, [Stepwise("outbox", outbox.MIGRATIONS.folder)])
    assert schema_of(database_url) == schema_of(other)


def schema_of(url):
    dump = subprocess.run([binary("pg_dump"), "-s", "-O", url], check=True, capture_output=True, text=True).stdout
    return sorted(line for line in dump.splitlines() if line.strip() and not line.startswith(("--", "\\")))


def test_the_schema_is_the_one_that_was_read():
    # When this fails, the library has moved: read what is new in its schema, and what `queries.sql` relies on.
    assert outbox.MIGRATIONS.steps()[-1].file == "03.04.00_50_post_add_retry_failed_job_procedure.sql"


async def test_it_tells_what_became_of_the_messages(database_url):
    async with Desk(database_url) as desk:
        counted = Metrics([desk.outbox]).render
        assert b'outbox_messages_total{message="note",outcome="given_up"} 0.0' in counted()
        desk.fail = [CallUnavailable("desk", "down"), Final("no")]
        await desk.put("one", lock="a")
        await desk.put("two", lock="b")
        await desk.put("three")
        await until(lambda: len(desk.got) == 2)
        await until(lambda: b'outcome="delivered"} 2.0' in counted())
        assert b'outbox_messages_total{message="note",outcome="retried"} 1.0' in counted()
        assert b'outbox_messages_total{message="note",outcome="given_up"} 1.0' in counted()


async def test_a_database_error_while_a_message_is_put_is_the_databases_own(database_url, cluster):
    async with Desk(database_url) as desk:
        with pytest.raises(HttpProblem) as refused:
            async with desk.database.transaction() as connection:
                pid = connection.info.backend_pid
                with psycopg.connect(cluster.url(), autocommit=True) as other:
                    other.execute("SELECT pg_terminate_backend(%s, 1000)", (pid,))
                await desk.outbox.put(connection, "note", Note("lost"))
        assert (refused.value.status, refused.value.code) == (503, "database_unavailable")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            async with desk.database.transaction() as connection:
                with pytest.raises(psycopg.errors.DivisionByZero):
                    await connection.execute("SELECT 1 / 0")
                await desk.outbox.put(connection, "note", Note("lost"))


async def test_a_full_disk_while_a_message_is_put_is_an_outage(database_url):
    async with Desk(database_url) as desk:
        async with desk.database.connection() as connection:
            await connection.execute(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
            )
            await connection.execute(
                "CREATE TRIGGER full_disk BEFORE INSERT ON procrastinate_jobs EXECUTE FUNCTION full_disk()"
            )
        with pytest.raises(HttpProblem) as refused:
            await desk.put("lost")
    assert (refused.value.status, refused.value.code) == (503, "database_unavailable")
