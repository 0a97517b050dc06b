"""A backup: what is in it, what is not, and what a failure leaves."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from stead.model import load
from stead.model.load import find
from stead.ops.backup.backup_run import Order, take
from stead.ops.backup.error import PipelineError
from stead.ops.backup.item import parts
from stead.ops.backup.metric import Metric
from stead.ops.backup.progress import NoProgress
from stead.ops.backup.repository import Repository
from stead.ops.backup.source import Sources
from stead.run.resolve import Inputs


def order(shop, recipients=(), name="orders-service"):
    backend = load(shop.folder)
    chosen, _ = parts(backend, backend.environment("dev"), [name])
    description = find(shop.folder)
    chain = Repository(shop.folder / "backups", backend.name, "dev")
    sources = Sources(description, Inputs.beside(description, "dev"), "dev")
    metric = Metric(chain.path / "backup.prom", backend.name, "dev")
    return Order(backend.name, "dev", "1", tuple(chosen), sources, chain, tuple(recipients), metric)


def test_a_backup_is_sealed_and_its_manifest_says_what_is_in_it(shop, key, sealed):
    said = shop.manifest(sealed)
    assert [each["part"] for each in said["archives"]] == ["orders-service"]
    orders = said["archives"][0]
    assert orders["rows"] == {'public."Odd ""name"': 2, "public.orders": 4000}
    assert orders["size"] == (sealed / orders["file"]).stat().st_size
    assert {"type public.state", "function public.doubled(a integer)", "view public.paid"} <= orders["schema"].keys()
    assert (sealed / orders["file"]).read_bytes().startswith(b"age-encryption.org/v1")
    assert "{" not in orders["contents"], "a sum over rows would let a guess of one be confirmed"
    assert said["recipients"] == [key.public]


def test_age_itself_opens_it(shop, key, sealed, tmp_path):
    from pyrage import decrypt, x25519

    secret = key.file.read_text().splitlines()[-1]
    clear = decrypt((sealed / "orders-service.dump.gz.age").read_bytes(), [x25519.Identity.from_str(secret)])
    (tmp_path / "clear.gz").write_bytes(clear)
    listed = subprocess.run(["gzip", "-dc", tmp_path / "clear.gz"], capture_output=True, check=True)
    assert listed.stdout.startswith(b"PGDMP")


def test_no_recipient_is_refused_unless_that_is_meant(shop):
    status, out, said = shop.backup()
    assert (status, out) == (1, "")
    assert "--recipient age1…" in said
    assert not (shop.folder / "backups").exists()
    assert shop.backup("--plain")[0] == 0
    assert (shop.kept()[0] / "orders-service.dump.gz").read_bytes().startswith(b"\x1f\x8b")


def test_a_recipient_may_stand_in_the_env_file(shop, key):
    (shop.folder / ".env.dev").write_text(f"BACKUP_RECIPIENTS={key.public}\n")
    assert shop.backup()[0] == 0
    assert shop.manifest()["recipients"] == [key.public]


def test_a_private_key_is_no_recipient_and_is_not_repeated(shop, key):
    secret = key.file.read_text().splitlines()[-1]
    status, _, said = shop.backup("--recipient", secret)
    assert status == 1
    assert secret not in said


def test_what_is_left_out_is_said(shop, key):
    _, out, _ = shop.backup("--recipient", key.public)
    assert "left out: orders-service: Redis is not backed up" in out


def test_some_services_only(market):
    assert market.backup("stock", "--plain")[0] == 0
    assert [each["part"] for each in market.manifest()["archives"]] == ["stock"]
    status, _, said = market.backup("nobody", "--plain")
    assert (status, said) == (
        1,
        f"{market.name} has no database or bucket of nobody; it has those of orders-service, stock\n",
    )


def test_a_dry_run_changes_nothing(shop, key):
    status, out, _ = shop.backup("--recipient", key.public, "--keep", "3", "--dry-run")
    assert status == 0
    assert f"database {shop.database('orders-service')} at 127.0.0.1" in out
    assert not (shop.folder / "backups").exists()


def test_as_json_for_programs(shop):
    status, out, _ = shop.backup("--plain", "--json")
    assert status == 0
    assert json.loads(out)["manifest"]["archives"][0]["part"] == "orders-service"


def test_it_is_nothing_for_git_and_for_others(shop, sealed):
    assert (shop.folder / "backups" / ".gitignore").read_text().splitlines()[-1] == "*"
    assert (shop.folder / "backups").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in sealed.glob("*.age"))


def test_a_database_of_its_own_setting(market, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    (market.folder / ".env.dev").write_text(
        f"ORDERS_DATABASE_URL={market.url()}\nSTOCK_DATABASE_URL={market.url('stock')}\n"
    )
    assert market.backup("--plain")[0] == 0
    assert market.manifest()["archives"][1]["rows"] == {"public.shelf": 0}


def test_nowhere_is_an_error(shop, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    status, _, said = shop.backup("--plain")
    assert status == 1
    assert said.startswith("orders-service has no database here yet: stead up makes it, or ORDERS_DATABASE_URL or ")
    status, _, said = shop.backup("--plain", "--env", "prod")
    assert status == 1
    assert said.startswith("no URL is given for the database of orders-service in prod: set ORDERS_DATABASE_URL or ")


def test_no_secret_is_seen(shop, key):
    """Not in what is said, not in a file, and not in the arguments of a process."""
    seen = []

    class Watching(NoProgress):
        def moved(self, size):
            for each in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    seen.append(" ".join(each.cmdline()))

    take(order(shop, [key.public]), Watching())
    assert any("pg_dump" in line for line in seen)
    password = shop.admin.split(":")[2].split("@")[0]
    assert not any(password in line for line in seen)
    files = [file for file in (shop.folder / "backups").rglob("*") if file.is_file()]
    assert not any(password.encode() in file.read_bytes() for file in files)


class Killing(NoProgress):
    """Kills a program in the middle of its work."""

    def __init__(self, name):
        self.name = name
        self.blocks = 0

    def moved(self, size):
        self.blocks += 1
        for child in psutil.Process().children() if self.blocks == 3 else ():
            if child.name() == self.name:
                child.kill()


@pytest.mark.parametrize(("name", "said"), [("pg_dump", "pg_dump: it was killed by signal 9"), ("psql", "psql: ")])
def test_a_program_that_dies_fails_the_backup(shop, key, sealed, name, said):
    shop.sql("INSERT INTO orders (total, note) SELECT n, repeat(md5(n::text), 100) FROM generate_series(1, 9000) n")
    with pytest.raises(PipelineError) as error:
        take(order(shop, [key.public]), Killing(name))
    assert str(error.value).startswith(f"orders-service: {said}")
    assert shop.kept() == [sealed]
    assert not list(shop.backups.glob(".partial*"))


def test_a_dump_that_fails_says_why(shop, key, sealed):
    shop.sql("CREATE TABLE hidden (n int); REVOKE ALL ON hidden FROM CURRENT_USER")
    (shop.folder / ".env.dev").write_text(f"ORDERS_DATABASE_URL={shop.url()}\n")
    status, _, said = shop.backup("--recipient", key.public)
    assert status == 1
    assert "orders-service: psql: ERROR:  permission denied for table hidden" in said
    assert shop.kept() == [sealed]


def test_a_server_that_is_not_there(shop, key, sealed):
    (shop.folder / ".env.dev").write_text("ORDERS_DATABASE_URL=postgresql://nobody:secret@127.0.0.1:1/none\n")
    status, _, said = shop.backup("--recipient", key.public)
    assert status == 1
    assert "orders-service: psql: error: connection to server" in said
    assert "secret" not in said
    assert shop.kept() == [sealed]


def test_a_disk_that_is_full(shop, key, sealed):
    """A file may not grow beyond a limit: the same OSError, from the same call, as when the disk takes no more."""
    shop.sql("INSERT INTO orders (total, note) SELECT n, gen_random_uuid()::text FROM generate_series(1, 9000) n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, hard))
    try:
        status, _, said = shop.backup("--recipient", key.public)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert status == 1
    assert "orders-service: disk: " in said
    assert "cannot be written: File too large" in said
    assert shop.kept() == [sealed]
    assert not list(shop.backups.glob(".partial*"))


def test_two_at_once(shop, key, sealed):
    with Repository(shop.folder / "backups", shop.name, "dev").locked():
        status, _, said = shop.backup("--recipient", key.public)
    assert status == 75
    assert said.startswith(f"another backup of {shop.name} (dev) runs: process {os.getpid()} of ")
    assert shop.backup("--recipient", key.public)[0] == 0


def test_what_a_dead_run_left_is_cleaned_away(shop, key):
    """Killed at its worst moment, it leaves a folder that is not a backup, and a lock that nobody holds."""
    shop.sql("INSERT INTO orders (total, note) SELECT n, repeat(md5(n::text), 50) FROM generate_series(1, 60000) n")
    command = [sys.executable, "-m", "stead", "backup", str(shop.folder), "--recipient", key.public]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 20
        while not list(shop.backups.glob(".partial-*/*.age")) and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert list(shop.backups.glob(".partial-*"))
    assert shop.kept() == []
    status, _, said = shop.backup("--recipient", key.public)
    assert status == 0
    assert "left by an interrupted run" in said
    assert not list(shop.backups.glob(".partial-*"))


def test_told_to_end_it_ends_in_order(shop, key):
    shop.sql("INSERT INTO orders (total, note) SELECT n, repeat(md5(n::text), 50) FROM generate_series(1, 60000) n")
    command = [sys.executable, "-m", "stead", "backup", str(shop.folder), "--recipient", key.public]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 20
        while not list(shop.backups.glob(".partial-*/*.age")) and time.monotonic() < end:
            time.sleep(0.01)
        process.terminate()
        said = process.communicate(timeout=20)[1].decode()
    assert process.returncode == 143, said
    assert "Traceback" not in said
    assert not list(shop.backups.glob(".partial-*"))


def test_the_metric_tells_of_successes_and_failures(shop, key, sealed):
    file = shop.backups / "backup.prom"
    labels = f'{{backend="{shop.name}",environment="dev",part="orders-service"}}'
    size = shop.manifest()["archives"][0]["size"]
    assert f"stead_backup_size_bytes{labels} {float(size)}" in file.read_text()
    assert f"stead_backup_last_success_timestamp_seconds{labels}" in file.read_text()
    (shop.folder / ".env.dev").write_text("ORDERS_DATABASE_URL=postgresql://nobody@127.0.0.1:1/none\n")
    assert shop.backup("--recipient", key.public)[0] == 1
    assert shop.backup("--recipient", key.public)[0] == 1
    failed = f'stead_backup_failures{{backend="{shop.name}",environment="dev",part=""}} 2.0'
    assert failed in file.read_text()
    assert f"stead_backup_last_success_timestamp_seconds{labels}" in file.read_text()


def test_old_ones_go_after_a_success_only(shop, key, sealed):
    for _ in range(2):
        assert shop.backup("--recipient", key.public)[0] == 0
    (shop.folder / ".env.dev").write_text("ORDERS_DATABASE_URL=postgresql://nobody@127.0.0.1:1/none\n")
    assert shop.backup("--recipient", key.public, "--keep", "1")[0] == 1
    assert len(shop.kept()) == 3
    (shop.folder / ".env.dev").unlink()
    status, out, _ = shop.backup("--recipient", key.public, "--keep", "2")
    assert status == 0
    assert f"removed: {sealed.name}" in out
    assert len(shop.kept()) == 2


def test_a_backup_that_is_read_is_not_removed(shop, key, sealed):
    reader = os.open(sealed / "manifest.json", os.O_RDONLY)
    fcntl.flock(reader, fcntl.LOCK_SH)
    assert shop.backup("--recipient", key.public, "--keep", "1")[0] == 0
    assert sealed.exists()
    os.close(reader)
    assert shop.backup("--recipient", key.public, "--keep", "1")[0] == 0
    assert not sealed.exists()


def test_a_damaged_one_does_not_count_as_one_that_is_kept(market, key, sealed):
    """The newest two are damaged: the good one must stay, however few are to be kept."""
    assert market.backup("--recipient", key.public)[0] == 0
    newest = market.kept()[-1]
    os.truncate(newest / "stock.dump.gz.age", 10)
    assert market.backup("stock", "--recipient", key.public, "--keep", "1")[0] == 0
    assert sealed.exists(), "it holds the last good backup of the orders"
