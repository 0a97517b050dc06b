import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from stead.run.postgres import Cluster, PostgresError, binary, create_database, in_database


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A cluster that was never started: copied, it spares each test the making of one."""
    cluster = Cluster(tmp_path_factory.mktemp("made"), durable=False)
    cluster.prepare()
    return cluster.folder


@pytest.fixture
def fresh(tmp_path):
    cluster = Cluster(tmp_path / "postgres", durable=False)
    yield cluster
    cluster.stop()


@pytest.fixture
def own(fresh, made):
    subprocess.run(["cp", "-a", made, fresh.folder], check=True)
    return fresh


def processes(cluster):
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"].startswith("postgres") and process.cwd() == str(cluster.data):
                found.append(process)
        except psutil.Error:
            continue
    return found


def ask(url, query):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchone()[0]


def state(folder):
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_what_was_written_is_there_after_a_restart(own):
    with psycopg.connect(own.start()) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    own.stop()
    assert ask(own.start(), "SELECT text FROM note") == "kept"


def test_a_stop_leaves_no_process_no_port_and_no_lock_though_clients_are_connected(own):
    with psycopg.connect(own.start(), autocommit=True) as connection:
        connection.execute("SELECT 1")
        started = time.monotonic()
        own.stop()
        assert time.monotonic() - started < 3
    assert processes(own) == []
    assert not (own.data / "postmaster.pid").exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", own.port)) != 0


def test_only_its_owner_reads_the_password_and_nobody_enters_without(own):
    url = own.start()
    assert (own.folder / "password").stat().st_mode & 0o777 == 0o600
    assert len(own.password) >= 32
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(own.password, "guess"))


def test_the_server_keeps_what_production_needs(tmp_path):
    cluster = Cluster(tmp_path / "durable")
    url = cluster.start()
    try:
        assert [ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "jit")] == ["on", "on", "off"]
        assert ask(url, "SHOW max_connections") == "200"
        assert ask(url, "SHOW server_encoding") == "UTF8"
    finally:
        cluster.stop()


def test_data_of_another_version_is_left_untouched(fresh):
    fresh.data.mkdir(parents=True)
    (fresh.data / "PG_VERSION").write_text("15\n")
    before = state(fresh.folder)
    with pytest.raises(PostgresError, match=r"PostgreSQL 15, and this is PostgreSQL 18"):
        fresh.start()
    assert state(fresh.folder) == before


def test_a_folder_of_something_else_is_left_untouched(fresh):
    fresh.data.mkdir(parents=True)
    (fresh.data / "diary.txt").write_text("mine")
    with pytest.raises(PostgresError, match="no data directory"):
        fresh.start()
    assert (fresh.data / "diary.txt").read_text() == "mine"


def test_data_that_a_live_server_holds_is_left_untouched(own):
    url = own.start()
    with pytest.raises(PostgresError, match=rf"process \d+, port {own.port}"):
        Cluster(own.folder).start()
    assert ask(url, "SELECT 1") == 1


def test_a_server_killed_in_the_midst_of_work_is_recovered_from(own):
    own.durable = True
    url = own.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    busy = psycopg.connect(url, autocommit=True)
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
    os.kill(own._process.pid, signal.SIGKILL)
    own._process.wait()
    assert ask(own.start(), "SELECT text FROM note") == "kept"
    busy.close()
    own.stop()
    assert processes(own) == []


def test_a_lock_file_with_a_number_that_is_anothers_by_now_is_no_hindrance(own):
    own.start()
    own.stop()
    with subprocess.Popen(["sleep", "60"], user=own.data.stat().st_uid if os.geteuid() == 0 else None) as other:
        (own.data / "postmaster.pid").write_text(
            f"{other.pid}\n{own.data}\n{int(time.time())}\n5432\n\n127.0.0.1\n\nready\n"
        )
        assert ask(own.start(), "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


def test_a_start_that_fails_says_the_servers_last_words(own):
    own.start()
    own.stop()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", own.port))
        holder.listen()
        with pytest.raises(PostgresError, match="Address already in use"):
            own.start()
    assert processes(own) == []


def test_an_initdb_cut_short_is_begun_anew(fresh):
    (fresh.folder / "making-0000").mkdir(parents=True)
    (fresh.folder / "making-0000" / "half").write_text("")
    assert ask(fresh.start(), "SELECT 1") == 1
    assert sorted(path.name for path in fresh.folder.iterdir()) == ["data", "password", "postgres.log"]


def test_each_database_is_its_roles_alone(cluster):
    ours = create_database(cluster.url(), "points-service", "a/p@ss:w%rd")
    theirs = create_database(cluster.url(), "auth-service", "other")
    assert ask(ours, "SELECT current_user || ' ' || current_database()") == "points-service points-service"
    refused(in_database(ours, "points-service", "auth-service", "other"))
    refused(in_database(theirs, "auth-service", "points-service", "a/p@ss:w%rd"))
    drop(cluster, "points-service", "auth-service")


def test_a_database_is_made_once_and_its_password_changed(cluster):
    first = create_database(cluster.url(), "twice", "one")
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    second = create_database(cluster.url(), "twice", "two")
    assert ask(second, "SELECT text FROM note") == "kept"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)
    drop(cluster, "twice")


def test_many_are_made_at_once(cluster):
    """Each changes the rights on `postgres` and `template1`, which PostgreSQL lets one connection do at a time."""
    with ThreadPoolExecutor(12) as pool:
        made = [pool.submit(create_database, cluster.url(), f"at-once-{turn % 12}", "word") for turn in range(240)]
        assert len({each.result() for each in made}) == 12


def test_a_role_cannot_take_the_connections_of_the_others(cluster):
    url = create_database(cluster.url(), "greedy", "word", 3)
    opened = []
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            opened.extend(psycopg.connect(url) for _ in range(4))
    finally:
        for each in opened:
            each.close()
        drop(cluster, "greedy")


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_a_role_reaches_no_database_of_the_server_s_own(cluster, database):
    url = create_database(cluster.url(), "curious", "word")
    refused(in_database(url, database, "curious", "word"))
    drop(cluster, "curious")


def test_an_admin_who_is_no_superuser_makes_databases_too(cluster):
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute("CREATE ROLE limited LOGIN CREATEDB CREATEROLE PASSWORD 'limited'")
        admin.execute("GRANT CONNECT ON DATABASE postgres TO limited")
    url = create_database(cluster.url(role="limited", password="limited"), "by-limited", "word")
    refused(in_database(create_database(cluster.url(), "stranger", "x"), "by-limited", "stranger", "x"))
    assert ask(url, "SELECT 1") == 1
    drop(cluster, "by-limited", "stranger")
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute("DROP OWNED BY limited")
        admin.execute("DROP ROLE limited")


def refused(url):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url)


def drop(cluster, *names):
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        for name in names:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
            admin.execute(SQL("DROP ROLE {}").format(Identifier(name)))


@pytest.mark.parametrize("name", ["postgres", "initdb", "psql", "pg_dump", "pgbench"])
def test_the_wheel_has_the_programs(name):
    said = subprocess.run([binary(name), "--version"], check=True, capture_output=True, text=True).stdout
    assert "(PostgreSQL) 18." in said
    with pytest.raises(PostgresError, match="no program"):
        binary("oracle")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user's folder to hide")
def test_a_folder_that_others_may_not_enter_is_served_as_it_is(fresh):
    fresh.folder.mkdir(parents=True)
    fresh.folder.chmod(0o700)
    assert ask(fresh.start(), "SELECT 1") == 1
    assert fresh.folder.stat().st_mode & 0o777 == 0o700
    assert fresh.data.stat().st_uid == 0  # it is root's, who bears another number in the server's namespace
    fresh.stop()
    assert ask(fresh.start(), "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
def test_data_of_another_user_behind_a_closed_folder_is_left_untouched(fresh):
    fresh.start()
    fresh.stop()
    os.chown(fresh.data / "PG_VERSION", 65_534, 65_534)
    fresh.folder.parent.chmod(0o700)
    before = state(fresh.data)
    with pytest.raises(PostgresError, match=r"belongs to another user than root.*chown -R root:root"):
        fresh.start()
    assert state(fresh.data) == before
