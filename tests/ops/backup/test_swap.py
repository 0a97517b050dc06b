"""Databases that are brought back take their places together, and nobody writes meanwhile."""

import threading
import time

import psycopg
import pytest

from stead.ops.backup import swap
from stead.ops.backup.error import StageError
from stead.ops.backup.server import Direct
from stead.ops.backup.swap import Swap, put_all_in_place

NAMES = ("swap_one", "swap_two")


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


def test_all_databases_switch_together(cluster, swaps):
    assert put_all_in_place(swaps) == [True, True]
    assert [word(cluster, each.name) for each in swaps] == ["new", "new"]
    assert [word(cluster, each.aside) for each in swaps] == ["old", "old"]


def test_what_fails_is_undone_as_a_whole(cluster, swaps):
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {swaps[1].fresh}")
    with pytest.raises(StageError):
        put_all_in_place(swaps)
    assert [word(cluster, each.name) for each in swaps] == ["old", "old"]
    assert word(cluster, swaps[0].fresh) == "new"


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
        put_all_in_place(swaps)
        time.sleep(0.2)
    finally:
        over.set()
        reader.join()
    assert set(pairs) == {("old", "old"), ("closed", "closed"), ("new", "new")}
