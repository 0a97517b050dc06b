"""Databases and roles, made on a real PostgreSQL."""

import psycopg
import pytest

from stead.model import SteadError
from stead.ops.provision.databases import main
from stead.run.postgres import in_database


@pytest.fixture
def named(cluster, tmp_path):
    """Write URLs into files, the administrator's first; what they name is gone afterwards."""
    names = []

    def write(*parts):
        files = [tmp_path / "admin"]
        files[0].write_text(cluster.url() + "\n")
        for name, password in parts:
            files.append(tmp_path / name)
            files[-1].write_text(in_database(cluster.url(), name, name, password) + "\n")
            names.append(name)
        return [str(file) for file in files]

    yield write
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        for name in set(names):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'DROP ROLE IF EXISTS "{name}"')


def test_each_role_owns_its_database_and_reaches_no_other(named, cluster, capsys):
    words = named(("shop_one", "p'w$1"), ("shop_two", "pw2"))
    assert main(words) == 0
    assert capsys.readouterr().err == "shop_one: there\nshop_two: there\n"
    own = in_database(cluster.url(), "shop_one", "shop_one", "p'w$1")
    with psycopg.connect(own) as connection:
        connection.execute("CREATE TABLE t (id int)")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(in_database(cluster.url(), "shop_two", "shop_one", "p'w$1"))


def test_again_it_changes_nothing_but_a_password_that_is_another(named, cluster):
    assert main(named(("shop_one", "first"))) == 0
    with psycopg.connect(in_database(cluster.url(), "shop_one", "shop_one", "first")) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    assert main(named(("shop_one", "second"))) == 0
    with psycopg.connect(in_database(cluster.url(), "shop_one", "shop_one", "second")) as connection:
        connection.execute("SELECT * FROM kept")


@pytest.mark.parametrize(("outside", "limit"), [("", 2 * 3 * 5 + 8), ("20", 2 * 3 * 20 + 8)])
def test_a_role_has_the_connections_of_its_replicas_and_pools(named, cluster, monkeypatch, outside, limit):
    monkeypatch.setenv("DATABASE_POOL", outside)
    admin, url = named(("shop_one", "word"))
    assert main([admin, f"{url}:3:5"]) == 0
    with psycopg.connect(cluster.url()) as connection:
        found = connection.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'shop_one'").fetchone()
    assert found == (limit,)


def test_a_database_on_another_server_is_left_alone(named, tmp_path, capsys):
    words = named()
    (tmp_path / "far").write_text("postgresql://far:pw@db.example.com/far")
    assert main([*words, str(tmp_path / "far")]) == 0
    assert capsys.readouterr().err == "far: on db.example.com, left alone\n"


def test_a_role_with_another_name_is_refused(named, cluster, tmp_path):
    words = named()
    (tmp_path / "odd").write_text(in_database(cluster.url(), "shop_odd", "somebody", "pw"))
    with pytest.raises(SteadError, match="the database shop_odd must have"):
        main([*words, str(tmp_path / "odd")])
