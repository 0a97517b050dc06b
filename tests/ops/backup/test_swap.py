"""Databases that are brought back take their places together, and nobody writes meanwhile."""

import subprocess
import sys
import threading
import time
from contextlib import suppress

import psycopg
import pytest

from stead.ops.backup import swap
from stead.ops.backup.error import LockedError, PipelineError
from stead.ops.backup.hold import Swap
from stead.ops.backup.server import Direct
from stead.ops.backup.swap import remove_unfinished, writers_blocked

NAMES = ("swap_one", "swap_two")
HOLDING = """
import sys, time
from stead.ops.backup.hold import Swap
from stead.ops.backup.server import Direct
from stead.ops.backup.swap import writers_blocked
server = Direct(sys.argv[1])
with writers_blocked([Swap(server, f"{name}_fresh", name, f"{name}_aside") for name in sys.argv[2:]]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def swaps(cluster, monkeypatch):
    """Two databases that say "old", and two beside them that say "new"."""
    monkeypatch.setattr(swap, "HOLD", 0.5)
    made = [Swap(Direct(cluster.url()), f"{name}_fresh", name, f"{name}_aside") for name in NAMES]
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        for each in made:
            for name, word in ((each.name, "old"), (each.fresh, "new")):
                admin.execute(f"CREATE DATABASE {name}")
                with psycopg.connect(cluster.url(name)) as connection:
                    connection.execute(f"CREATE TABLE note AS SELECT '{word}' AS word")
        yield made
        for each in made:
            for name in (each.name, each.fresh, each.aside):
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def word(cluster, name: str) -> str:
    with psycopg.connect(cluster.url(name)) as connection:
        return connection.execute("SELECT word FROM note").fetchone()[0]


def switch(swaps):
    with writers_blocked(swaps) as held:
        held.switch()
    return held


def test_all_databases_switch_together(cluster, swaps):
    assert list(switch(swaps).there) == swaps
    assert [word(cluster, each.name) for each in swaps] == ["new", "new"]
    assert [word(cluster, each.aside) for each in swaps] == ["old", "old"]


def test_one_that_was_not_there_takes_its_place_with_the_others(cluster, swaps):
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {swaps[0].name}")
    assert list(switch(swaps).there) == swaps[1:]
    assert [word(cluster, each.name) for each in swaps] == ["new", "new"]


def test_what_fails_is_undone_as_a_whole(cluster, swaps):
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {swaps[1].fresh}")
    with pytest.raises(PipelineError):
        switch(swaps)
    assert [word(cluster, each.name) for each in swaps] == ["old", "old"]
    assert word(cluster, swaps[0].fresh) == "new"


def test_a_server_that_fails_undoes_the_one_that_has_switched(cluster, swaps):
    """Two URLs of one server stand for two servers: each has a transaction of its own."""
    other = Direct(cluster.url() + "?application_name=other")
    with pytest.raises(PipelineError):
        switch([swaps[0], Swap(other, "swap_nowhere", swaps[1].name, swaps[1].aside)])
    assert [word(cluster, each.name) for each in swaps] == ["old", "old"]
    assert word(cluster, swaps[0].fresh) == "new"


def test_a_writer_is_refused_at_once_for_as_long_as_the_hold_lasts(cluster, swaps):
    with writers_blocked(swaps):
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(cluster.url(swaps[0].name), connect_timeout=5)
            assert time.monotonic() - began < 3
    assert word(cluster, swaps[0].name) == "old"


def test_a_hold_that_is_killed_leaves_the_databases_open(cluster, swaps):
    command = [sys.executable, "-c", HOLDING, cluster.url(), *NAMES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait()
        with suppress(psycopg.errors.AdminShutdown):  # what it had asked the server for last may come to its end now
            word(cluster, swaps[0].name)
        assert [word(cluster, each.name) for each in swaps] == ["old", "old"]


def test_a_second_restore_of_one_database_is_refused(swaps):
    with writers_blocked(swaps), pytest.raises(LockedError, match="another restore of swap_one runs at"):
        switch(swaps[:1])


def test_what_a_killed_restore_was_loading_is_removed(cluster, swaps):
    left, other = "swap_one_restoring_20260101_000000", "swap_one_restoring_notes"
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        for name in (left, other):
            admin.execute(f"CREATE DATABASE {name}")
        remove_unfinished(swaps[0].server, "swap_one_restoring_")
        found = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'swap_one_restoring%'").fetchall()
        admin.execute(f"DROP DATABASE {other}")
    assert found == [(other,)]


def test_nobody_sees_the_new_one_of_one_and_the_old_one_of_another(cluster, swaps):
    """A reader asks for the first and then for the second, as a request does that goes through two services."""
    pairs: list[tuple[str, str]] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                pairs.append((word(cluster, swaps[0].name), word(cluster, swaps[1].name)))
            except psycopg.OperationalError:
                pairs.append(("closed", "closed"))
                time.sleep(0.01)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        time.sleep(0.2)
        switch(swaps)
        time.sleep(0.2)
    finally:
        over.set()
        reader.join()
    assert set(pairs) == {("old", "old"), ("closed", "closed"), ("new", "new")}
