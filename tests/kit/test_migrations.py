import asyncio

import psycopg
import pytest

from stead.kit import migrations
from stead.kit.database import Database
from stead.kit.migrations import MigrationError, Migrations


@pytest.fixture
def notes(tmp_path):
    write(tmp_path, "0001_note.sql", "CREATE TABLE note (text text); INSERT INTO note VALUES ('100%');")
    write(tmp_path, "0002_more.sql", "INSERT INTO note VALUES ('second');")
    return Migrations("notes", tmp_path)


def write(folder, name, text):
    (folder / name).write_text(text)


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


async def test_files_are_applied_in_order_and_once(database_url, notes):
    assert await migrations.apply(database_url, [notes]) == 2
    assert await migrations.apply(database_url, [notes]) == 0
    assert rows(database_url, "SELECT text FROM note") == [("100%",), ("second",)]


async def test_a_new_file_is_applied_to_what_stands(database_url, notes):
    await migrations.apply(database_url, [notes])
    write(notes.folder, "0003_third.sql", "INSERT INTO note VALUES ('third')")
    assert await migrations.apply(database_url, [notes]) == 1


async def test_ten_that_start_together_apply_once(database_url, notes):
    counts = await asyncio.gather(*(migrations.apply(database_url, [notes]) for _ in range(10)))
    assert sorted(counts) == [0] * 9 + [2]
    assert len(rows(database_url, "SELECT text FROM note")) == 2


async def test_a_changed_file_is_refused_by_name(database_url, notes):
    await migrations.apply(database_url, [notes])
    write(notes.folder, "0002_more.sql", "INSERT INTO note VALUES ('other');")
    with pytest.raises(MigrationError, match=r"notes: 0002_more\.sql was changed"):
        await migrations.apply(database_url, [notes])
    with pytest.raises(MigrationError):
        await Database(database_url, migrations=[notes]).open()


async def test_a_missing_file_is_refused_by_name(database_url, notes):
    await migrations.apply(database_url, [notes])
    (notes.folder / "0002_more.sql").unlink()
    with pytest.raises(MigrationError, match=r"0002_more\.sql was applied .* missing"):
        await migrations.apply(database_url, [notes])


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_twice.sql", "3_short.sql", "0003-dash.sql"])
def test_numbers_are_unique_and_without_gaps(notes, name):
    write(notes.folder, name, "")
    with pytest.raises(MigrationError, match="expected"):
        notes.steps()


async def test_a_file_that_fails_leaves_nothing_and_those_before_it_stand(database_url, notes):
    write(notes.folder, "0003_bad.sql", "INSERT INTO note VALUES ('half'); SELECT nonsense;")
    with pytest.raises(MigrationError, match=r"0003_bad\.sql failed"):
        await migrations.apply(database_url, [notes])
    assert len(rows(database_url, "SELECT text FROM note")) == 2
    assert rows(database_url, "SELECT file FROM stead_migration ORDER BY 1") == [("0001_note.sql",), ("0002_more.sql",)]


class WithBaseline(Migrations):
    def baseline(self):
        return "CREATE TABLE note (text text); INSERT INTO note VALUES ('at once');"


async def test_a_baseline_makes_a_fresh_database_and_steps_move_an_older_one(database_url, notes):
    whole = WithBaseline("notes", notes.folder)
    assert await migrations.apply(database_url, [whole]) == 2
    write(notes.folder, "0003_third.sql", "INSERT INTO note VALUES ('third')")
    assert await migrations.apply(database_url, [whole]) == 1
    assert rows(database_url, "SELECT text FROM note") == [("at once",), ("third",)]


async def test_components_are_kept_apart(database_url, notes, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, "0001_note.sql", "CREATE TABLE other ()")
    assert await migrations.apply(database_url, [notes, Migrations("other", other)]) == 3


async def test_a_role_that_may_not_make_tables_is_told_so(database_url, notes):
    with psycopg.connect(database_url) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM pg_database_owner, PUBLIC")
    with pytest.raises(MigrationError, match="permission denied"):
        await migrations.apply(database_url, [notes])
