"""What must hold in archpad's databases: sound rows have no fault, and each defect that is planted is found."""

from runpy import run_path
from urllib.parse import urlsplit

import psycopg
import pytest

from arch_repo import app as repository_app
from end_to_end.conftest import BACKENDS
from tenant_service import app as tenant_app

FAULTS = run_path(str(BACKENDS / "archpad" / "invariants.py"))["faults"]
SOUND = {
    "tenant-service": """
        INSERT INTO tenant (id, name, created_by, changed_by) VALUES (md5('t')::uuid, 'Bank', 'ann', 'ann');
        INSERT INTO workspace (tenant_id, name, created_by, changed_by) VALUES (md5('t')::uuid, 'Main', 'ann', 'ann');
        INSERT INTO member (tenant_id, user_id, role) VALUES (md5('t')::uuid, 'ann', 'owner');
        INSERT INTO invitation (tenant_id, role, secret, created_by, expires_at, taken_by)
            VALUES (md5('t')::uuid, 'viewer', 's', 'ann', now(), 'ann')""",
    "arch-repo-service": """
        INSERT INTO counter (tenant_id, prefix, last) VALUES (md5('t')::uuid, 'COMP', 2);
        INSERT INTO element (tenant_id, kind, code, name, identifier) VALUES
            (md5('t')::uuid, 'Node', 'COMP-1', 'a', 'a'), (md5('t')::uuid, 'Node', 'COMP-2', 'b', 'b');
        UPDATE element SET revision = revision + 1 WHERE name = 'b';
        INSERT INTO directory_entry (tenant_id, directory, code, name)
            VALUES (md5('t')::uuid, 'protocols', 'https', 'H')""",
}
DEFECTS = {
    "a write without its history": ("arch-repo-service", "DELETE FROM change WHERE action = 'update'", "lost"),
    "a history of another row": (
        "arch-repo-service",
        "UPDATE change SET entity_id = md5('x')::uuid WHERE entity = 'directory_entry'",
        "directory_entry",
    ),
    "a code that was never counted": ("arch-repo-service", "UPDATE counter SET last = 1", "the code COMP-2"),
    "an element twice": (
        "arch-repo-service",
        "INSERT INTO element (tenant_id, kind, code, name, identifier)"
        " SELECT tenant_id, kind, 'COMP-0', name, 'c' FROM element WHERE name = 'a'",
        "doubled",
    ),
    "a tenant twice": (
        "tenant-service",
        "INSERT INTO tenant (id, name, created_by, changed_by) VALUES (md5('u')::uuid, 'Bank', 'ann', 'ann')",
        "doubled",
    ),
    "a tenant without an owner": ("tenant-service", "UPDATE member SET role = 'viewer'", "has no owner"),
    "an invitation whose taker is no member": ("tenant-service", "UPDATE invitation SET taken_by = 'eve'", "eve"),
    "a tenant that is gone": ("tenant-service", "DELETE FROM tenant", "the repository has its elements"),
}


@pytest.fixture(scope="module")
def databases(cluster, all_databases):
    """Return the URL of each service's database, with sound rows; an administrator's, whom no policy binds."""
    found = {}
    for service, module in (("tenant-service", tenant_app), ("arch-repo-service", repository_app)):
        url = all_databases.make(module.MIGRATIONS)
        found[service] = cluster.url(urlsplit(url).path[1:])
        run(found[service], SOUND[service])
    yield found
    for url in found.values():
        all_databases.drop(url)


def run(url, statements):
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('archpad.actor', 'ann', true)")
        for statement in statements.split(";"):
            connection.execute(statement)


def test_sound_rows_have_no_fault(databases):
    assert FAULTS(databases.get) == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(databases, defect, cluster):
    service, statement, saying = DEFECTS[defect]
    copy = dict(databases)
    spoiled = f"spoiled_{abs(hash(defect))}"
    original = databases[service].rpartition("/")[2].partition("?")[0]
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {spoiled} TEMPLATE {original}")
        try:
            copy[service] = cluster.url(spoiled)
            run(copy[service], statement)
            assert any(saying in fault for fault in FAULTS(copy.get)), FAULTS(copy.get)
        finally:
            connection.execute(f"DROP DATABASE {spoiled} WITH (FORCE)")
