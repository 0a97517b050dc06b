"""A shop with a database or two on the real PostgreSQL, the command line on it, and a key that is kept elsewhere."""

import io
import json
import secrets
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
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
backend = Backend("NAME", services=[orders])
"""
MORE = """
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

    def __init__(self, folder, admin):
        self.folder, self.admin, self.name = folder, admin, f"shop-{secrets.token_hex(4)}"
        self.backups = folder / "backups" / self.name / "dev"
        (folder / "backend.py").write_text(DESCRIPTION.replace("NAME", self.name))
        (folder / "shop_rules.py").write_text(RULES)

    def database(self, service):
        return f"{self.name}_{service}".replace("-", "_")

    def url(self, service="orders-service", database=""):
        name = self.database(service)
        return in_database(self.admin, database or name, name, "a-password")

    def make(self):
        create_database(self.admin, self.database("orders-service"), "a-password")
        self.sql(TABLES)
        return self

    def grow(self):
        """Add a second service with a database of its own."""
        create_database(self.admin, self.database("stock"), "a-password")
        self.sql("CREATE TABLE shelf (n int)", "stock")
        with (self.folder / "backend.py").open("a") as file:
            file.write(MORE.replace("NAME", self.name))
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
        before, sys.argv = sys.argv, ["stead", *map(str, words)]
        out, said = io.StringIO(), io.StringIO()
        try:
            with redirect_stdout(out), redirect_stderr(said), pytest.raises(SystemExit) as end:
                main()
        finally:
            sys.argv = before
        return end.value.code or 0, out.getvalue(), said.getvalue()

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
def shop(tmp_path, cluster, monkeypatch):
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("DATABASE_URL", cluster.url())
    monkeypatch.syspath_prepend(str(folder))
    made = Shop(folder, cluster.url())
    yield made.make()
    sys.modules.pop("shop_rules", None)
    made.remove()


@pytest.fixture
def market(shop):
    """A shop with two databases."""
    return shop.grow()


@pytest.fixture(scope="session")
def standing(tmp_path_factory, cluster, key):
    """One shop with one backup, for all tests that leave its databases as they are."""
    made = Shop(tmp_path_factory.mktemp("standing"), cluster.url()).make().grow()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", cluster.url())
        status, _, said = made.backup("--recipient", key.public)
    assert status == 0, said
    yield made
    made.remove()


@pytest.fixture
def still(standing, cluster, monkeypatch):
    """That shop; its databases are the same before and after."""
    monkeypatch.setenv("DATABASE_URL", cluster.url())
    monkeypatch.syspath_prepend(str(standing.folder))
    before = standing.databases(), standing.orders()
    yield standing
    sys.modules.pop("shop_rules", None)
    assert (standing.databases(), standing.orders()) == before


@pytest.fixture
def copied(still, tmp_path):
    """Its backup, in a copy that may be damaged."""
    return Path(shutil.copytree(still.kept()[0], tmp_path / "copied"))


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="session")
def other_key(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("other"))


@pytest.fixture
def sealed(shop, key):
    """The folder of a backup, sealed to the key."""
    status, _, said = shop.backup("--recipient", key.public)
    assert status == 0, said
    return shop.kept()[-1]
