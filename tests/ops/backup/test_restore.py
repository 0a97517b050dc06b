"""Bringing back: equal to what was there, and whatever is wrong is found before anything is touched."""

import gzip
import json
import re
import subprocess

import psycopg
import pytest

from stead.run.postgres import binary


def dumped(shop, tmp_path, name, *words):
    file = tmp_path / name
    subprocess.run([binary("pg_dump"), *words, "-f", file, shop.url()], check=True)
    return file


def test_it_comes_back_equal(shop, key, sealed):
    before = shop.orders()
    shop.sql("TRUNCATE orders CASCADE; DROP FUNCTION doubled(int)")
    status, out, said = shop.restore(sealed, "--identity", key.file, "--yes")
    assert status == 0, said
    assert shop.orders() == before
    assert shop.sql("SELECT doubled(4)") == [(8,)]
    assert shop.sql("INSERT INTO orders (total) VALUES (1) RETURNING id") == [(4001,)], "the sequence goes on"
    assert "the previous data is in" in out


def test_it_belongs_to_the_service_again(market, key, sealed):
    assert market.restore(sealed, "--identity", key.file, "--yes")[0] == 0
    assert market.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'") == [
        (market.database("orders-service"),)
    ]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(market.url("stock", market.database("orders-service")))


def test_what_was_there_is_kept(shop, key, sealed):
    shop.sql('DELETE FROM "Odd ""name"; UPDATE orders SET total = 7')
    now = shop.orders()
    assert shop.restore(sealed, "orders-service", "--identity", key.file, "--yes")[0] == 0
    aside = next(name for name in shop.databases() if "_before_" in name)
    assert shop.orders(aside) == now


def test_what_is_not_empty_is_not_replaced_by_chance(still, key, copied):
    before = still.databases()
    status, _, said = still.restore(copied, "--identity", key.file)
    assert status == 1
    assert "orders-service: the database " in said
    assert "is not empty: it has 2 tables. With --yes it is put aside" in said
    assert still.databases() == before


def test_an_empty_one_is_filled(shop, key, sealed):
    shop.sql('DROP TABLE orders CASCADE; DROP TABLE "Odd ""name"; DROP TYPE state; DROP FUNCTION doubled(int)')
    assert shop.restore(sealed, "orders-service", "--identity", key.file)[0] == 0
    assert len(shop.orders()) == 4000


def test_into_a_new_one(shop, key, sealed):
    name = f"{shop.database('orders-service')}_beside"
    shop.sql("UPDATE orders SET total = 7")
    status, out, _ = shop.restore(sealed, "orders-service", "--identity", key.file, "--into", name)
    assert status == 0
    assert name in out
    assert shop.orders(name)[0][1] == 1
    assert shop.orders()[0][1] == 7
    status, _, said = shop.restore(sealed, "orders-service", "--identity", key.file, "--into", name)
    assert (status, "exists already: choose another name" in said) == (1, True)


def test_while_a_service_is_connected(shop, key, sealed):
    """Its connections are cut off, and the next ones see what came back."""
    with psycopg.connect(shop.url()) as connection:
        connection.execute("SELECT 1")
        assert shop.restore(sealed, "orders-service", "--identity", key.file, "--yes")[0] == 0
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_the_newest_of_a_folder(shop, key, sealed):
    shop.sql("UPDATE orders SET total = 7")
    assert shop.backup("--recipient", key.public)[0] == 0
    shop.sql("UPDATE orders SET total = 8")
    assert shop.restore(shop.folder / "backups", "orders-service", "--identity", key.file, "--yes")[0] == 0
    assert shop.orders()[0][1] == 7


def test_of_another_environment_only_when_that_is_meant(shop, key, sealed):
    """The newest of a folder is never another environment's."""
    (shop.folder / ".env.prod").write_text(f"DATABASE_URL={shop.admin}\n")
    assert shop.backup("--recipient", key.public, "--env", "prod")[0] == 0
    there = next((shop.folder / "backups" / shop.name / "prod").glob("2*"))
    shop.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    status, _, said = shop.restore(there, "--identity", key.file)
    assert (status, f"{there} is a backup of prod, and this is dev; to restore it anyway: --yes" in said) == (1, True)
    status, out, _ = shop.restore(shop.folder / "backups", "--dry-run")
    assert status == 0
    assert str(sealed) in out
    assert shop.restore(there, "--identity", key.file, "--yes")[0] == 0
    assert len(shop.orders()) == 4000


def test_a_dry_run_verifies_and_touches_nothing(still, copied):
    before = still.databases()
    status, out, _ = still.restore(copied, "--yes", "--dry-run")
    assert status == 0
    assert "complete, by its manifest; into database" in out
    assert still.databases() == before


def archive(sealed):
    return sealed / "orders-service.dump.gz.age"


def truncated(sealed):
    content = archive(sealed).read_bytes()
    archive(sealed).write_bytes(content[:-1])


def tampered(sealed):
    content = bytearray(archive(sealed).read_bytes())
    content[len(content) // 2] ^= 1
    archive(sealed).write_bytes(content)


def without_manifest(sealed):
    (sealed / "manifest.json").unlink()


def of_another(sealed):
    file = sealed / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"backend": "another"}))


def unreadable(sealed):
    (sealed / "manifest.json").write_text("{")


def gone(sealed):
    archive(sealed).unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (truncated, "is truncated: it has"),
        (tampered, "was changed: its SHA-256 is not the one in manifest.json"),
        (without_manifest, "holds no complete backup"),
        (of_another, "is a backup of another, not of"),
        (unreadable, "manifest.json cannot be read"),
        (gone, "cannot be read: No such file or directory"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_damage_is_found_before_anything_is_touched(still, key, copied, damage, said):
    damage(copied)
    before, orders = still.databases(), still.orders()
    status, out, error = still.restore(copied, "--identity", key.file, "--yes")
    assert (status, out) == (1, "")
    assert said in error
    assert "Traceback" not in error
    assert (still.databases(), still.orders()) == (before, orders)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (truncated, "the sealed archive was changed, or its end is missing"),
        (tampered, "the sealed archive was changed, or its end is missing"),
    ],
)
def test_damage_without_a_manifest_is_found_too(still, key, copied, damage, said):
    """By the seal itself; by then a part of it may have been read."""
    damage(copied)
    without_manifest(copied)
    before, orders = still.databases(), still.orders()
    status, _, error = still.restore(archive(copied), "orders-service", "--unverified", "--identity", key.file, "--yes")
    assert status == 1
    assert said in error
    assert (still.databases(), still.orders()) == (before, orders)


def test_a_wrong_key(still, key, copied, other_key):
    before = still.databases()
    status, _, said = still.restore(copied, "--identity", other_key.file, "--yes")
    assert status == 1
    assert f"no key in {other_key.file} decrypts it: {other_key.public}; it is sealed to {key.public}" in said
    assert still.databases() == before


def test_no_key(still, copied):
    status, _, said = still.restore(copied, "--yes")
    assert status == 1
    assert "is sealed: give the private key, --identity FILE" in said


def test_a_file_that_is_no_key(still, copied, tmp_path):
    (tmp_path / "key").write_text("AGE-SECRET-KEY-1NOTHING\n")
    status, _, said = still.restore(copied, "--identity", tmp_path / "key", "--yes")
    assert (status, said) == (
        1,
        f"{tmp_path / 'key'} holds no age identity: a line that begins with AGE-SECRET-KEY-1\n",
    )


def test_a_file_without_a_manifest_is_refused(still, tmp_path):
    file = dumped(still, tmp_path, "old.dump", "-Fc")
    status, _, said = still.restore(file, "orders-service", "--yes")
    assert status == 1
    assert "has no manifest.json beside it, so it cannot be verified" in said


FORMS = {
    "old.dump": ("-Fc",),
    "packed.dump": ("-Fc", "--compress=gzip:9"),
    "old.tar": ("-Ft",),
    "old.sql": (),
    "inserts.sql": ("--inserts",),
}


@pytest.mark.parametrize(
    ("form", "wrapped"), [*((form, False) for form in FORMS), ("old.dump", True), ("old.sql", True)]
)
def test_old_dumps_are_read(shop, tmp_path, form, wrapped):
    """By what is in them: their names tell nothing here."""
    before = shop.orders()
    file = dumped(shop, tmp_path, form, *FORMS[form])
    content = file.read_bytes()
    mystery = tmp_path / "mystery"
    mystery.write_bytes(gzip.compress(content) if wrapped else content)
    shop.sql("TRUNCATE orders CASCADE")
    status, out, said = shop.restore(mystery, "orders-service", "--unverified", "--yes")
    assert status == 0, said
    assert shop.orders() == before
    assert "its content cannot be verified" in out


@pytest.mark.parametrize("form", ["old.dump", "old.tar"])
def test_into_a_server_that_is_older_than_our_programs(shop, tmp_path, monkeypatch, form):
    """It does not know all that our pg_restore sets: SQL is made of the archive, and that is left out."""
    monkeypatch.setattr("stead.ops.backup.load.TAKES_ALL", 990_000)
    before = shop.orders()
    file = dumped(shop, tmp_path, form, *FORMS[form])
    assert shop.restore(file, "orders-service", "--unverified", "--yes")[0] == 0
    assert shop.orders() == before
    file.write_bytes(file.read_bytes()[:-20_000])
    status, _, said = shop.restore(file, "orders-service", "--unverified", "--yes")
    assert status == 1
    assert "orders-service: p" in said  # psql, or pg_restore, whichever sees it first
    assert shop.orders() == before


def test_an_old_dump_of_other_roles(shop, tmp_path):
    """Who owned what then, and who was granted what, means nothing here."""
    text = dumped(shop, tmp_path, "old.sql").read_text()
    ours = shop.database("orders-service")
    acl = "\n--\n-- Name: TABLE orders; Type: ACL; Schema: public; Owner: liquibase\n--\n\n"
    text = (
        text.replace(f"OWNER TO {ours}", "OWNER TO liquibase")
        + acl
        + "GRANT SELECT ON TABLE public.orders TO grafana;\n"
    )
    assert "OWNER TO liquibase" in text
    (tmp_path / "strange.sql").write_text(text)
    before = shop.orders()
    status, _, said = shop.restore(tmp_path / "strange.sql", "orders-service", "--unverified", "--yes")
    assert status == 0, said
    assert shop.orders() == before


@pytest.mark.parametrize(
    "line",
    ["\\! touch {file}", "SELECT 1 \\! touch {file}", "SELECT 1; \\o {file}", "\\unrestrict x\n\\! touch {file}"],
)
def test_a_dump_cannot_run_programs(still, tmp_path, line):
    made = tmp_path / "made"
    text = dumped(still, tmp_path, "old.sql").read_text()
    (tmp_path / "evil.sql").write_text(line.format(file=made) + "\n" + text)
    before = still.databases()
    assert still.restore(tmp_path / "evil.sql", "orders-service", "--unverified", "--yes")[0] == 1
    assert not made.exists()
    assert still.databases() == before


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"PGDMP nothing", gzip.compress(b"x" * 999, mtime=0)[:-4]])
def test_what_is_no_dump(still, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    before = still.databases()
    status, _, said = still.restore(tmp_path / "file", "orders-service", "--unverified", "--yes")
    assert status == 1
    assert said
    assert "Traceback" not in said
    assert still.databases() == before


def test_what_came_back_otherwise_is_not_put_in_place(still, key, copied):
    """A manifest that knows of more than the archive holds: nothing is replaced."""
    file = copied / "manifest.json"
    said = json.loads(file.read_text())
    said["archives"][0]["rows"]["public.orders"] = 4001
    file.write_text(json.dumps(said))
    before = still.databases()
    status, _, error = still.restore(copied, "--identity", key.file, "--yes")
    assert status == 1
    assert "the restored data differs from the backup: table public.orders has 4000 rows instead of 4001" in error
    assert still.databases() == before


def test_who_may_not_make_databases_is_told_what_is_missing(shop, key, sealed, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("ORDERS_DATABASE_URL", shop.url())
    status, _, said = shop.restore(sealed, "orders-service", "--identity", key.file, "--yes")
    assert status == 1
    assert re.search(r"permission denied (to create database|for database)", said)
    assert "Name an administrator's DATABASE_URL" in said
