"""A drill finds what a backup that looks well would not bring back."""

import json

import pytest

from stead.run.postgres import Cluster


def drill(shop, *words):
    return shop.stead("backup", "drill", shop.folder, *words)


@pytest.fixture
def nearby(cluster, monkeypatch):
    """Scratch databases are made on the tests' server, which runs already."""
    monkeypatch.setenv("DRILL_DATABASE_URL", cluster.url())


def test_all_is_well(market, key, sealed):
    before = market.databases()
    status, out, said = drill(market, "--identity", key.file)
    assert status == 0, out + said
    assert "✓ orders-service: 4,002 rows, every order has a sum" in out
    assert "✓ stock: 0 rows, the service declares no invariants" in out
    assert market.databases() == before, "a drill leaves the server alone"
    assert "stead_backup_drill_last_success_timestamp_seconds{" in (market.backups / "backup.prom").read_text()


def test_broken_invariants_are_found(shop, key, nearby):
    shop.sql("UPDATE orders SET total = -1 WHERE id < 4")
    assert shop.backup("--recipient", key.public)[0] == 0
    status, out, _ = drill(shop, "--identity", key.file)
    assert status == 1
    assert "✗ orders-service" in out
    assert "  shop_rules:check: 3 orders without a sum" in out


def planted(sealed, change):
    file = sealed / "manifest.json"
    said = json.loads(file.read_text())
    change(said["archives"][0])
    file.write_text(json.dumps(said))


def other_rows(archive):
    archive["contents"] = json.dumps({"public.orders": "1", 'public."Odd ""name"': "2"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda archive: archive["rows"].update({"public.orders": 3999}), "has 4000 rows instead of 3999"),
        (lambda archive: archive["rows"].update({"public.more": 1}), "table public.more is missing"),
        (
            lambda archive: archive["schema"].update({"view public.paid": "0"}),
            "view public.paid has another definition",
        ),
        (lambda archive: archive["schema"].pop("type public.state"), "type public.state was not there"),
        (lambda archive: archive["schema"].update({"index public.gone": "0"}), "index public.gone is missing"),
        (other_rows, "the rows of table public.orders differ"),
    ],
)
def test_planted_corruption_is_found(still, key, copied, change, said, nearby):
    planted(copied, change)
    status, out, _ = drill(still, "orders-service", "--from", copied, "--identity", key.file, "--json")
    assert status == 1
    assert said in json.loads(out)[0]["faults"][0]


def test_a_damaged_archive_is_a_fault_and_the_others_are_tried(still, key, copied, nearby):
    archive = copied / "orders-service.dump.gz.age"
    content = bytearray(archive.read_bytes())
    content[-1] ^= 1
    archive.write_bytes(content)
    status, out, _ = drill(still, "--from", copied, "--identity", key.file)
    assert status == 1
    assert "was changed: its SHA-256 is not the one in manifest.json" in out
    assert "✓ stock" in out


def test_a_wrong_key_is_a_fault(still, copied, other_key, nearby):
    status, out, _ = drill(still, "--from", copied, "--identity", other_key.file)
    assert status == 1
    assert "no key in" in out


def test_invariants_that_cannot_be_gone_through(shop, key, sealed, nearby):
    (shop.folder / "shop_rules.py").write_text("def check(url):\n    raise RuntimeError('no')\n")
    status, out, _ = drill(shop, "orders-service", "--identity", key.file)
    assert status == 1
    assert "shop_rules:check could not check it: RuntimeError: no" in out


def test_on_a_server_that_is_named(shop, key, sealed, nearby, monkeypatch):
    """One that has the extensions of the backup's own; nothing is left there."""
    monkeypatch.setattr(Cluster, "start", lambda _: pytest.fail("a server was started"))
    status, out, _ = drill(shop, "--identity", key.file)
    assert status == 0, out
    assert shop.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'drill%'") == [(0,)]


def test_without_a_backup(shop):
    status, _, said = drill(shop)
    assert status == 1
    assert "does not exist" in said
