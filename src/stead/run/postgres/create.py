"""A database with a role of its own: the one way in which a service gets its data, on any PostgreSQL.

The role owns its database and reaches no other, so a service that is broken into reads its own data and no more.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from psycopg import Connection

SERVER = "the server's own databases"  # no name of a database has a blank
UNLIMITED = -1  # as PostgreSQL says it; superusers are not counted


def create_database(admin_url: str, name: str, password: str, connections: int = UNLIMITED) -> str:
    """Create the database and the role `name` if they do not exist, and return the role's URL.

    Run again it changes nothing but the password and the number of connections. `admin_url` is of a superuser, or of a
    role with CREATEDB and CREATEROLE.
    """
    import psycopg  # imported here: a start that creates no database needs no driver

    with psycopg.connect(admin_url, autocommit=True, connect_timeout=5) as connection:
        _lock(connection, name)  # another process may create it at the same time
        _role(connection, name, password, connections)
        _database(connection, name)
        _lock(connection, SERVER)  # two that change the rights on one database: "tuple concurrently updated"
        _revoke_server_databases(connection)
    return in_database(admin_url, name, name, password)


def erase_database(admin_url: str, name: str, password: str, connections: int = UNLIMITED) -> None:
    """Drop the database `name` with its connections, and create it again, empty."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    with psycopg.connect(admin_url, autocommit=True, connect_timeout=5) as connection:
        _lock(connection, name)
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
    create_database(admin_url, name, password, connections)


def _lock(connection: "Connection[tuple[object, ...]]", what: str) -> None:
    """Wait until no other connection changes the same; the lock ends with the connection."""
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (what,))


def in_database(url: str, database: str, role: str, password: str) -> str:
    """Return the URL of another database and role on the same server."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    who = f"{quote(role, safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{who}@{server}", path=f"/{quote(database, safe='')}"))


def _role(connection: "Connection[tuple[object, ...]]", name: str, password: str, connections: int) -> None:
    from psycopg.sql import SQL, Identifier, Literal

    # Only the hash goes over the wire: a statement may end in the server's log.
    hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
    changed = SQL("ALTER ROLE {} PASSWORD {} CONNECTION LIMIT {}")
    connection.execute(changed.format(Identifier(name), Literal(hashed), Literal(connections)))


def _database(connection: "Connection[tuple[object, ...]]", name: str) -> None:
    from psycopg.sql import SQL, Identifier

    database = Identifier(name)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        if connection.execute("SELECT current_setting('is_superuser')").fetchone() != ("on",):
            # Who is not a superuser makes a database only for a role that it may become.
            connection.execute(SQL("GRANT {} TO CURRENT_USER").format(database))
        connection.execute(SQL("CREATE DATABASE {} OWNER {}").format(database, database))
    connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))


def _revoke_server_databases(connection: "Connection[tuple[object, ...]]") -> None:
    """Revoke access to `postgres` and `template1` from the roles of services; roles that may create databases
    keep it.
    """
    from psycopg.sql import SQL, Identifier

    owned = (
        "SELECT datname FROM pg_database WHERE datname IN ('postgres', 'template1') AND pg_has_role(datdba, 'USAGE')"
    )
    makers = "SELECT rolname FROM pg_roles WHERE rolcreatedb AND rolcanlogin AND NOT rolsuper"
    roles = [Identifier(str(row[0])) for row in connection.execute(makers)]
    for (database,) in connection.execute(owned).fetchall():
        named = Identifier(str(database))
        connection.execute(SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(named))
        if roles:
            connection.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(named, SQL(", ").join(roles)))
