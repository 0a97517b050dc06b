"""A database with a role of its own: the one way in which a service gets its data, on any PostgreSQL.

The role owns its database and reaches no other, so a service that is broken into reads its own data and no more.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from psycopg import Connection


def create_database(admin_url: str, name: str, password: str) -> str:
    """Make the database and the role `name` where they are not there yet, and return the role's URL.

    Run again it changes nothing but the password. `admin_url` is of a superuser, or of a role with CREATEDB and
    CREATEROLE.
    """
    import psycopg  # here: a start that makes no database is spared the driver

    with psycopg.connect(admin_url, autocommit=True, connect_timeout=5) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))  # another may make it just now
        _role(connection, name, password)
        _database(connection, name)
    return in_database(admin_url, name, name, password)


def in_database(url: str, database: str, role: str, password: str) -> str:
    """Return the URL of another database and role on the same server."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    who = f"{quote(role, safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{who}@{server}", path=f"/{quote(database, safe='')}"))


def _role(connection: "Connection[tuple[object, ...]]", name: str, password: str) -> None:
    from psycopg.sql import SQL, Identifier, Literal

    # Only the hash goes over the wire: a statement may end in the server's log.
    hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
    connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(name), Literal(hashed)))


def _database(connection: "Connection[tuple[object, ...]]", name: str) -> None:
    from psycopg.sql import SQL, Identifier

    database = Identifier(name)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        if connection.execute("SELECT current_setting('is_superuser')").fetchone() != ("on",):
            # Who is no superuser makes a database only for a role that it may become.
            connection.execute(SQL("GRANT {} TO CURRENT_USER").format(database))
        connection.execute(SQL("CREATE DATABASE {} OWNER {}").format(database, database))
    connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
