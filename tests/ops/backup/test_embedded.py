"""The databases of `stead up`, while it runs and while it does not."""

import os
import subprocess
import sys
import time

import psycopg
import pytest

from stead.run.postgres import Cluster, create_database
from stead.run.postgres.lock import Holder
from stead.run.state_directory import Folder


@pytest.fixture
def home(market, monkeypatch):
    """The shop with the embedded PostgreSQL in its own folder, as a run leaves it: stopped."""
    monkeypatch.delenv("DATABASE_URL")
    folder = Folder(market.folder / "backend.py")
    folder.make()
    cluster = Cluster(folder.path / "postgres", durable=False)
    cluster.start()
    for service in ("orders-service", "stock"):
        url = create_database(cluster.url(), market.database(service), "a-password")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE orders AS SELECT 1 AS total")
    yield market, cluster, folder
    cluster.stop()


def test_it_is_started_for_as_long_as_it_takes(home, key):
    shop, cluster, folder = home
    cluster.stop()
    _, out, _ = shop.backup("--plain", "--dry-run")
    assert "in the embedded PostgreSQL, started temporarily" in out
    status, _, said = shop.backup("--recipient", key.public)
    assert status == 0, said
    assert Holder.of(cluster.data) is None
    assert not folder.is_locked()


def test_a_run_that_is_starting_is_left_alone(home, key, monkeypatch):
    shop, cluster, folder = home
    cluster.stop()
    monkeypatch.setattr("stead.run.state_directory.TIMEOUT", 0.1)
    lock = folder.lock()
    try:
        status, _, said = shop.backup("--recipient", key.public)
    finally:
        os.close(lock)
    assert status == 1
    assert "or is starting or ending" in said
    assert Holder.of(cluster.data) is None


def test_one_that_runs_is_used_and_left_running(home, key):
    shop, cluster, _ = home
    assert shop.backup("--recipient", key.public)[0] == 0
    with psycopg.connect(cluster.url(shop.database("stock")), autocommit=True) as connection:
        connection.execute("UPDATE orders SET total = 2")
    assert shop.restore(shop.backups, "--identity", key.file, "--yes")[0] == 0
    with psycopg.connect(cluster.url(shop.database("stock"))) as connection:
        assert connection.execute("SELECT total FROM orders").fetchall() == [(1,)]


@pytest.mark.parametrize("reaped", [True, False], ids=["reaped", "its exit status is taken by nobody"])
def test_killed_it_leaves_no_server(home, key, reaped):
    """The server that was started for a drill ends, too, and what it held in the clear is gone."""
    shop, cluster, folder = home
    cluster.stop()
    killed = (
        "import os, sys; from pathlib import Path; from stead.run.postgres import Cluster\n"
        "from stead.ops.backup.temporary_server import ended_with_us\n"
        "with ended_with_us(Cluster(Path(sys.argv[1])), remove=Path(sys.argv[1])): os.kill(os.getpid(), 9)\n"
    )
    # It becomes the parent of the server whose own was killed, and never asks how that one ended.
    above = (
        "import ctypes, subprocess, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "subprocess.run([sys.executable, '-c', *sys.argv[1:]]); print('killed', flush=True); sys.stdin.read()\n"
    )
    scratch = folder.path / "scratch"
    words = [sys.executable, "-c", *([] if reaped else [above]), killed, str(scratch)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.read() if reaped else process.stdout.readline()
        end = time.monotonic() + 30
        while scratch.exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert not scratch.exists()
