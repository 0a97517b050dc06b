"""A ledger: backed up, drilled and restored to equality.

A hundred thousand entries are some of every file that is written and read; `make ledger` takes a million.
"""

import os

import psycopg
import pytest

from stead.kit.migrations import Migrations
from stead.services.points import replay

EACH = 100
ACCOUNTS = int(os.environ.get("STEAD_TEST_ENTRIES", "100000")) // EACH
DESCRIPTION = """
from stead import Backend
from stead.services import points
backend = Backend("NAME", services=[points.service("orders-service")])
"""
# An award an hour for each account, judged by a rule that they all fit; triggers only refuse changes.
FILL = f"""
INSERT INTO velocity_rule (cap, seconds) VALUES (1000, 60);
INSERT INTO account (user_id, balance, version, earned, moved_at)
    SELECT 'user_' || n, {EACH * 10}, {EACH}, {EACH * 10}, timestamptz '2026-01-01 00:00Z' + interval '{EACH} hours'
    FROM generate_series(1, {ACCOUNTS}) n;
INSERT INTO entry (account, seq, amount, balance_after, earned, created_at, rule, kind, counter, reason)
    SELECT a.id, n, 10, n * 10, n * 10, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour', r.id,
        'award', 'issuer', 'event'
    FROM account a, generate_series(1, {EACH}) n, velocity_rule r;
INSERT INTO posting_key (caller, key, body_hash, account, seq)
    SELECT 'content-service', account || '/' || seq, sha256(convert_to(account || '/' || seq, 'UTF8')), account, seq
    FROM entry;
"""
SUM = "SELECT count(*), sum(hashtextextended(e::text, 0)::numeric) FROM {} e"


def contents(url):
    with psycopg.connect(url) as connection:
        tables = ("entry", "account", "posting_key", "velocity_rule")
        return {table: connection.execute(SUM.format(table)).fetchone() for table in tables}


@pytest.fixture
def ledger(shop):
    (shop.folder / "backend.py").write_text(DESCRIPTION.replace("NAME", shop.name))
    shop.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with psycopg.connect(shop.url(), autocommit=True) as connection:
        for step in Migrations.beside(replay.__file__, "points").steps():
            connection.execute(step.text)
        connection.execute(FILL)
        connection.execute("VACUUM ANALYZE")
    return shop


def test_all_entries_come_back_equal(ledger, key):
    before = contents(ledger.url())
    assert before["entry"][0] == ACCOUNTS * EACH
    status, out, said = ledger.backup("--recipient", key.public)
    assert status == 0, said
    assert f"{2 * ACCOUNTS * EACH + ACCOUNTS + 1:,} rows in 4 tables" in out
    with psycopg.connect(ledger.url(), autocommit=True) as connection:
        connection.execute("ALTER TABLE entry DISABLE TRIGGER USER; DELETE FROM entry WHERE seq > 50; TRUNCATE account")
    assert ledger.restore(ledger.backups, "--identity", key.file, "--yes")[0] == 0
    assert contents(ledger.url()) == before
    report = replay.replay(ledger.url())
    assert (report.subject, report.clean) == (f"{ACCOUNTS * EACH} entries", True)
