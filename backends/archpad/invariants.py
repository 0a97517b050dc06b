"""What must hold in the databases of archpad, however often its processes were killed. The kill campaign asks it.

A write and its line of history are one transaction, and a request that is sent again with its key is done once.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg

NOTED = ("element", "relationship", "solution", "directory_entry")
# Every revision of a row has its line of history; the last one holds the row as it is.
LOST = """SELECT format('{table} %s: lost: revision %s, and %s changes', {table}.id, {table}.revision, noted.times)
FROM {table}, LATERAL (
    SELECT count(*) AS times, count(*) FILTER (WHERE action = 'insert') AS inserted,
           (array_agg(row ->> 'revision' ORDER BY number DESC))[1] AS last
    FROM change WHERE change.tenant_id = {table}.tenant_id AND entity = '{table}' AND entity_id = {table}.id
) AS noted
WHERE (noted.times, noted.inserted, noted.last) IS DISTINCT FROM ({table}.revision, 1, {table}.revision::text)"""
UNCOUNTED = """SELECT format('tenant %s: the code %s, and the counter is at %s', element.tenant_id, code, last)
FROM element LEFT JOIN counter ON counter.tenant_id = element.tenant_id AND prefix = split_part(code, '-', 1)
WHERE last IS NULL OR split_part(code, '-', 2)::bigint > last"""
# The story gives nothing the same name twice: a second one is a request that was done twice.
DOUBLED_ELEMENT = """SELECT format('tenant %s: doubled: %s elements %s', tenant_id, count(*), name)
FROM element GROUP BY tenant_id, kind, name HAVING count(*) > 1"""
DOUBLED_TENANT = """SELECT format('%s: doubled: %s tenants %s', created_by, count(*), name)
FROM tenant GROUP BY created_by, name HAVING count(*) > 1"""
OWNERLESS = """SELECT format('tenant %s: it has no owner, or no workspace', id) FROM tenant
WHERE NOT EXISTS (SELECT FROM member WHERE tenant_id = tenant.id AND role = 'owner')
   OR NOT EXISTS (SELECT FROM workspace WHERE tenant_id = tenant.id)"""
UNTAKEN = """SELECT format('invitation %s: taken by %s, who is no member', id, taken_by) FROM invitation
WHERE taken_by IS NOT NULL
  AND NOT EXISTS (SELECT FROM member WHERE tenant_id = invitation.tenant_id AND user_id = taken_by)"""
REPOSITORY = (*(LOST.format(table=table) for table in NOTED), UNCOUNTED, DOUBLED_ELEMENT)
TENANTS = (DOUBLED_TENANT, OWNERLESS, UNTAKEN)


def faults(database_of: Callable[[str], str]) -> list[str]:
    """Return each broken invariant as one line; `database_of` gives an administrator's URL of a service's database."""
    repository, tenants = database_of("arch-repo-service"), database_of("tenant-service")
    broken = [*_asked(repository, REPOSITORY), *_asked(tenants, TENANTS)]
    known = {row[0] for row in _rows(tenants, "SELECT id FROM tenant")}
    used = {row[0] for row in _rows(repository, "SELECT DISTINCT tenant_id FROM element")}
    return [*broken, *(f"tenant {each}: lost: the repository has its elements" for each in sorted(used - known))]


def _asked(url: str, statements: tuple[str, ...]) -> Iterator[str]:
    for statement in statements:
        yield from (str(row[0]) for row in _rows(url, statement))


def _rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()
