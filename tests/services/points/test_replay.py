"""The replay finds each defect that is planted, names its invariant and its place, and nothing else."""

import os
import subprocess
import sys

import psycopg
import pytest

from stead.services.points.replay import BrokenInvariant, replay

AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome"}
FREE = "ALTER TABLE entry DISABLE TRIGGER entry_is_final;"  # the ledger itself refuses to be changed
UNCHECKED = "ALTER TABLE entry DROP CONSTRAINT entry_kind, DROP CONSTRAINT entry_balance;" + FREE

DEFECTS = {
    "seq": FREE + "UPDATE entry SET seq = 7 WHERE account = 1 AND seq = 3",
    "chain": FREE + "UPDATE entry SET balance_after = 12 WHERE account = 1 AND seq = 1",
    "balance": "UPDATE account SET balance = balance + 1 WHERE id = 1",
    "negative": UNCHECKED + "UPDATE entry SET balance_after = -3 WHERE account = 1 AND seq = 1",
    "key": "DELETE FROM posting_key WHERE account = 1 AND seq = 2",
    "reversal": FREE + "UPDATE entry SET amount = 3 WHERE account = 1 AND seq = 1",
    "orphan": "DELETE FROM account WHERE id = 1",
    "double_entry": "UPDATE account SET balance = balance + 1 WHERE id = 1",
    "window": "UPDATE velocity_rule SET cap = 12",
}


async def fill(service):
    """Two awards, the first of them reversed in part."""
    async with service() as app:
        first = await app.post("/v1/awards", caller="auth-service", key="k1", json=AWARD)
        await app.post("/v1/awards", caller="auth-service", key="k2", json=AWARD | {"amount": 5})
        path = f"/v1/entries/{first.json()['entry_id']}/reversals"
        taken = await app.post(path, caller="content-service", key="k1", json={"amount": 4, "reason": "mistake"})
        assert taken.status_code == 201


async def test_a_sound_ledger_is_clean(service, database_url):
    await fill(service)
    report = replay(database_url)
    assert report.clean
    assert str(report) == "3 entries, every invariant holds"


@pytest.mark.parametrize("invariant", DEFECTS)
async def test_a_planted_defect_is_found(service, database_url, invariant):
    await fill(service)
    with psycopg.connect(database_url) as connection:
        connection.execute(DEFECTS[invariant].encode())
    heard: list[BrokenInvariant] = []
    report = replay(database_url, heard.append)
    assert invariant in report.counts
    assert report.first == heard
    assert invariant in str(report)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("INSERT INTO posting_key VALUES ('auth-service', 'k9', 'x', 1, 9)", "key: 1-9: the key k9 of auth-service"),
        ("INSERT INTO posting_key VALUES ('auth-service', 'k9', 'x', 1, 2)", "key: 1-2: 2 keys"),
        ("DELETE FROM posting_key WHERE seq = 2", "key: 1-2: there is no key"),
        (FREE + "UPDATE entry SET created_at = created_at - interval '1 day' WHERE seq = 2", "chain: 1-2: "),
        (FREE + "UPDATE entry SET earned = 3 WHERE seq = 2", "chain: 1-2: "),
        (
            FREE + "UPDATE entry SET reverses = 2 WHERE seq = 3; UPDATE entry SET amount = 1 WHERE seq = 2",
            "reversal: 1-2: 4 of 1",
        ),
        (UNCHECKED + "UPDATE entry SET kind = 'spend' WHERE seq = 1", "reversal: 1-1: what was reversed is a spend"),
        ("DELETE FROM velocity_rule", "orphan: 1-1: there is no rule 1"),
        ("UPDATE account SET moved_at = now()", "balance: account 1: "),
        ("UPDATE velocity_rule SET cap = 14", "window: 1-2: 15 points within 86400 seconds, the cap is 14"),
    ],
)
async def test_each_fault_says_where_and_what(service, database_url, change, fault):
    await fill(service)
    with psycopg.connect(database_url) as connection:
        connection.execute(change.encode())
    assert any(str(broken).startswith(fault) for broken in replay(database_url).first)


async def test_a_balance_that_its_own_constraint_forbids_is_found(service, database_url):
    await fill(service)
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE account DROP CONSTRAINT account_balance")
        connection.execute("UPDATE account SET balance = -1")
    assert replay(database_url).counts["negative"] == 1


async def test_entries_are_final(service, database_url):
    await fill(service)
    for change in ("UPDATE entry SET amount = 11", "DELETE FROM entry"):
        with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(change)


async def test_as_a_command(service, database_url):
    await fill(service)
    assert _command(DATABASE_URL=database_url) == (0, "3 entries, every invariant holds\n")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE account SET balance = 12")
    status, said = _command(DATABASE_URL=database_url)
    assert status == 1
    assert said.startswith("balance: account 1: 12, ")
    assert said.endswith("3 entries, broken: balance 1, double_entry 1\n")
    assert _command() == (78, "")


def _command(**environ):
    command = [sys.executable, "-m", "stead.services.points.replay"]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"], **environ}, capture_output=True, text=True)
    return done.returncode, done.stdout
