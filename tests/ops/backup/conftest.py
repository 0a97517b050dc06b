"""A shop with two databases on the real PostgreSQL, the command line on it, and a key that is kept elsewhere."""

import json
import secrets
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from pyrage import x25519

from stead.cli import main
from stead.run.postgres import create_database, in_database

DESCRIPTION = """
from stead import Backend, Bucket, Postgres, Redis, Service
orders = Service("orders-service", command="true", needs=[Postgres(), Redis()], invariants="shop_rules:check")
stock = Service("stock", command="true", needs=[Postgres()])
backend = Backend("NAME", services=[orders, stock])
"""
RULES = """
import psycopg
class Report:
    def __init__(self, faults): self.faults, self.clean = faults, not faults
    def __str__(self): return f"{self.faults} orders without a sum" if self.faults else "every order has a sum"
def check(url):
    with psycopg.connect(url) as connection:
        return Report(connection.execute("SELECT count(*) FROM orders WHERE total < 0").fetchone()[0])
"""
TABLES = """
CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total bigint NOT NULL, state state,
    note text, at timestamptz DEFAULT now(), raw bytea, ratio double precision);
CREATE TABLE "Odd ""name" (x int PRIMARY KEY REFERENCES orders (id), y int GENERATED ALWAYS AS (x * 2) STORED);
CREATE FUNCTION doubled(a int) RETURNS int LANGUAGE sql AS 'SELECT a * 2';
CREATE VIEW paid AS SELECT id FROM orders WHERE state = 'paid';
INSERT INTO orders (total, state, note, raw, ratio)
    SELECT n, 'paid', 'é \\ tab	' || md5(n::text), sha256(n::text::bytea), n / 7.0 FROM generate_series(1, 4000) n;
INSERT INTO "Odd ""name" (x) VALUES (1), (2);
"""


class Shop:
    """A backend in a folder of its own; its databases are on the tests' server."""

    def __init__(self, folder, admin, capsys):
        self.folder, self.admin, self.name = folder, admin, f"shop-{secrets.token_hex(4)}"
        self.backups = folder / "backups" / self.name / "dev"
        self.capsys = capsys
        (folder / "backend.py").write_text(DESCRIPTION.replace("NAME", self.name))
        (folder / "shop_rules.py").write_text(RULES)

    def database(self, service):
        return f"{self.name}_{service}".replace("-", "_")

    def url(self, service="orders-service", database=""):
        name = self.database(service)
        return in_database(self.admin, database or name, name, "a-password")

    def make(self):
        for service in ("orders-service", "stock"):
            create_database(self.admin, self.database(service), "a-password")
        self.sql(TABLES)
        self.sql("CREATE TABLE shelf (n int)", "stock")
        return self

    def sql(self, statement, service="orders-service", database=""):
        with psycopg.connect(self.url(service, database), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def orders(self, database=""):
        return self.sql("SELECT * FROM orders ORDER BY id", database=database)

    def databases(self):
        with psycopg.connect(self.admin) as connection:
            like = self.name.replace("-", "_") + "%"
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", (like,))
            return [name for (name,) in rows]

    def stead(self, *words):
        """Run the command line in this process; return its status and what it says."""
        self.capsys.readouterr()
        before, sys.argv = sys.argv, ["stead", *map(str, words)]
        try:
            main()
        except SystemExit as end:
            said = self.capsys.readouterr()
            return end.code or 0, said.out, said.err
        finally:
            sys.argv = before
        raise AssertionError("main() returns nothing")

    def backup(self, *words):
        return self.stead("backup", self.folder, *words)

    def restore(self, archive, *words):
        return self.stead("restore", archive, self.folder, *words)

    def kept(self):
        return sorted(each for each in self.backups.glob("2*") if each.is_dir())

    def manifest(self, backup=None):
        return json.loads(((backup or self.kept()[-1]) / "manifest.json").read_text())

    def remove(self):
        with psycopg.connect(self.admin, autocommit=True) as connection:
            for name in self.databases():
                connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
            for service in ("orders-service", "stock"):
                role = Identifier(self.database(service))
                connection.execute(SQL("DROP ROLE IF EXISTS {}").format(role))


class Key:
    """An age key pair; the private one is in a file."""

    def __init__(self, folder: Path) -> None:
        identity = x25519.Identity.generate()
        self.file, self.public = folder / f"{secrets.token_hex(4)}.txt", str(identity.to_public())
        self.file.write_text(f"# created by a test\n# public key: {self.public}\n{identity}\n")


@pytest.fixture
def shop(tmp_path, cluster, capsys, monkeypatch):
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("DATABASE_URL", cluster.url())
    monkeypatch.syspath_prepend(str(folder))
    made = Shop(folder, cluster.url(), capsys)
    yield made.make()
    sys.modules.pop("shop_rules", None)
    made.remove()


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="session")
def other_key(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("other"))


@pytest.fixture
def sealed(shop, key):
    """The folder of a backup of both databases, sealed to the key."""
    status, _, said = shop.backup("--recipient", key.public)
    assert status == 0, said
    return shop.kept()[-1]
