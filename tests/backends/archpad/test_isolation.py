"""No row of another tenant is ever seen or touched: tried at the level of SQL, with no service in between.

Every statement here runs as the services' own role, which owns the tables, inside of one tenant's transaction. The
tables are read from the catalogue: one that is added without a policy fails here, not in production.
"""

import uuid
from types import SimpleNamespace

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from arch_repo import app as repository_app
from tenancy import scope
from tenant_service import app as tenant_app

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
SERVICES = {"tenants": tenant_app, "repository": repository_app}
OF_NOBODY = {"stead_migration", "idempotency", "hasura_name"}
TABLES = """
SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""

FILL = {
    "tenants": """
        INSERT INTO tenant (id, name, created_by, changed_by) VALUES (%(tenant)s, %(name)s, 'ann', 'ann');
        INSERT INTO workspace (tenant_id, name, created_by, changed_by) VALUES (%(tenant)s, 'w', 'ann', 'ann');
        INSERT INTO member (tenant_id, user_id, role) VALUES (%(tenant)s, 'ann', 'owner');
        INSERT INTO member (tenant_id, user_id, role) VALUES (%(tenant)s, 'ben', 'viewer');
        INSERT INTO profile (tenant_id, user_id, name) VALUES (%(tenant)s, 'ann', 'Ann');
        INSERT INTO invitation (tenant_id, role, secret, created_by, expires_at)
            VALUES (%(tenant)s, 'owner', %(name)s, 'ann', now() + interval '1 day');
    """,
    "repository": """
        INSERT INTO counter (tenant_id, prefix, last) VALUES (%(tenant)s, 'COMP', 2);
        INSERT INTO element (tenant_id, kind, code, name, identifier) VALUES
            (%(tenant)s, 'Node', 'NODE-1', 'a', 'a'), (%(tenant)s, 'Node', 'NODE-2', 'b', 'b');
        INSERT INTO relationship (tenant_id, kind, source_id, target_id, identifier)
            SELECT tenant_id, 'Flow', min(id::text)::uuid, max(id::text)::uuid, 'r' FROM element GROUP BY tenant_id;
        INSERT INTO solution (tenant_id, code, name) VALUES (%(tenant)s, 'SOLUTION-1', 's');
        INSERT INTO variant (tenant_id, solution_id, place, name) SELECT tenant_id, id, 0, 'v' FROM solution;
        INSERT INTO variant_element SELECT v.tenant_id, v.id, e.id FROM variant v JOIN element e USING (tenant_id);
        INSERT INTO solution_view (tenant_id, solution_id, place, name) SELECT tenant_id, id, 0, 'v' FROM solution;
        INSERT INTO directory_entry (tenant_id, directory, code, name) VALUES (%(tenant)s, 'protocols', 'https', 'H');
    """,
}


@pytest.fixture(params=SERVICES)
def filled(request, new_database):
    """A service's database with the rows of two tenants, and what each table holds of them."""
    module = SERVICES[request.param]
    database_url = new_database(module.MIGRATIONS)
    with psycopg.connect(database_url, row_factory=dict_row, autocommit=True) as connection:
        connection.execute(SQL("SET client_min_messages = warning"))
        names = {row["relname"] for row in connection.execute(TABLES)} - OF_NOBODY
        for tenant, name in ((ONE, "one"), (TWO, "two")):
            with connection.transaction():
                enter(connection, tenant)
                for statement in FILL[request.param].split(";"):
                    if statement.strip():
                        connection.execute(statement, {"tenant": tenant, "name": name})
        yield SimpleNamespace(connection=connection, tables=sorted(names), url=database_url)


def enter(connection, tenant, user=""):
    values = {"tenant": str(tenant) if tenant else "", "user": user, "actor": "ann"}
    connection.execute(scope.ENTER, values)


def column(table):
    return Identifier("id" if table == "tenant" else "tenant_id")


def rows(connection, table, tenant):
    with connection.transaction():
        enter(connection, tenant)
        return connection.execute(
            SQL("SELECT * FROM {} ORDER BY {}.*::text").format(Identifier(table), Identifier(table))
        ).fetchall()


def everything(filled, tenant):
    return {table: rows(filled.connection, table, tenant) for table in filled.tables}


def test_every_table_has_row_level_security_that_holds_for_its_owner(filled):
    found = filled.connection.execute(TABLES).fetchall()
    open_tables = [
        row["relname"]
        for row in found
        if row["relname"] not in OF_NOBODY and not (row["relrowsecurity"] and row["relforcerowsecurity"])
    ]
    assert open_tables == []
    role = filled.connection.execute(
        "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert role == {"rolsuper": False, "rolbypassrls": False}


def test_every_table_has_rows_of_both_tenants_and_shows_each_its_own(filled):
    for table in filled.tables:
        for tenant in (ONE, TWO):
            found = rows(filled.connection, table, tenant)
            assert found, f"{table} has no row to try with"
            assert {row["id" if table == "tenant" else "tenant_id"] for row in found} == {tenant}


def test_without_a_tenant_there_is_nothing(filled):
    for table in filled.tables:
        assert rows(filled.connection, table, None) == []
        assert filled.connection.execute(SQL("SELECT * FROM {}").format(Identifier(table))).fetchall() == []


def test_a_tenant_does_not_outlive_its_transaction(filled):
    with filled.connection.transaction():
        enter(filled.connection, ONE)
    found = filled.connection.execute("SELECT tenant_in_scope() AS tenant, actor_in_scope() AS actor").fetchone()
    assert found == {"tenant": None, "actor": None}


# What a query that was written wrongly, or an attacker who can add to one, might ask.
STATEMENTS = (
    "SELECT * FROM {table}",
    "SELECT * FROM {table} WHERE {column} = {other}",
    "SELECT * FROM {table} WHERE {column} <> {mine} OR true",
    "SELECT t.* FROM {table} t RIGHT JOIN (SELECT 1) one ON true",
    "SELECT t.* FROM {table} t, {second} s WHERE s.ctid IS NOT NULL",
    "WITH found AS MATERIALIZED (SELECT * FROM {table}) SELECT * FROM found",
    "SELECT * FROM {table} TABLESAMPLE BERNOULLI (100)",
    "SELECT * FROM {table} FOR SHARE",
    "TABLE {table}",
    "UPDATE {table} SET {column} = {column} WHERE {column} = {other} RETURNING *",
    "UPDATE {table} SET {column} = {other}",
    "UPDATE {table} SET {column} = {mine} WHERE {column} = {other} RETURNING *",
    "DELETE FROM {table} WHERE {column} = {other} RETURNING *",
    "DELETE FROM {table} RETURNING *",
    "INSERT INTO {table} SELECT * FROM {table} RETURNING *",
    "INSERT INTO {table} ({column}) VALUES ({other})",
    "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "SELECT count(*) OVER () AS seen, {table}.* FROM {table}",
)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_statement_reads_or_changes_a_row_of_another_tenant(filled, data):
    mine, other = data.draw(st.permutations([ONE, TWO]))
    before = everything(filled, other)
    connection = filled.connection
    for _ in range(data.draw(st.integers(1, 4))):
        text = data.draw(st.sampled_from(STATEMENTS))
        table, second = (data.draw(st.sampled_from(filled.tables)) for _ in range(2))
        statement = SQL(text).format(
            table=Identifier(table), second=Identifier(second), column=column(table), other=other, mine=mine
        )
        for found in tried(connection, mine, statement):
            assert found.get("id" if table == "tenant" else "tenant_id") in (mine, None)
    assert everything(filled, other) == before


def tried(connection, tenant, statement):
    """Try a statement inside of a tenant, take it back, and return what it showed; a refusal shows nothing."""
    try:
        with connection.transaction(force_rollback=True):
            enter(connection, tenant)
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []
    except psycopg.Error:
        return []


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_committed_in_one_tenant_leaves_the_other_as_it_was(filled, data):
    mine, other = data.draw(st.permutations([ONE, TWO]))
    before = everything(filled, other)
    text = data.draw(st.sampled_from([each for each in STATEMENTS if not each.startswith(("SELECT", "WITH", "TABLE"))]))
    table = data.draw(st.sampled_from(filled.tables))
    names = {"table": Identifier(table), "second": Identifier(table), "column": column(table)}
    try:
        with filled.connection.transaction():
            enter(filled.connection, mine)
            filled.connection.execute(SQL(text).format(other=other, mine=mine, **names))
    except psycopg.Error:
        pass  # refused: that is an answer too
    assert everything(filled, other) == before


def test_a_user_in_scope_reads_memberships_and_changes_none(tenant_database):
    with psycopg.connect(tenant_database, row_factory=dict_row) as connection:
        for tenant, member in ((ONE, "ann"), (TWO, "eve")):
            with connection.transaction():
                enter(connection, tenant)
                values = {"tenant": tenant, "user": member}
                connection.execute(
                    "INSERT INTO tenant (id, name, created_by, changed_by) VALUES (%(tenant)s, 't', 'x', 'x')", values
                )
                connection.execute("INSERT INTO member VALUES (%(tenant)s, %(user)s, 'viewer')", values)
        with connection.transaction():
            enter(connection, None, "ann")
            assert [row["tenant_id"] for row in connection.execute("SELECT * FROM member")] == [ONE]
            assert [row["id"] for row in connection.execute("SELECT * FROM tenant")] == [ONE]
            assert connection.execute("UPDATE member SET role = 'owner'").rowcount == 0
            assert connection.execute("DELETE FROM tenant").rowcount == 0


@pytest.mark.parametrize("filled", ["repository"], indirect=True)
def test_history_is_added_to_and_never_changed(filled):
    with filled.connection.transaction():
        enter(filled.connection, ONE)
        assert filled.connection.execute("UPDATE change SET changed_by = 'nobody'").rowcount == 0
        assert filled.connection.execute("DELETE FROM change").rowcount == 0
        assert filled.connection.execute("SELECT count(*) AS n FROM change").fetchone()["n"] >= 5
