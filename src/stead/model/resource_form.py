"""Parts of a resource's URL: its host, its password, a JDBC URL, for a program that does not parse the URL.

Every target has a URL, and each part is derived from it here, in the same way.
"""

from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from stead.model.bucket_url import endpoint_of

URL = "url"
PUBLIC = "public"  # of a bucket: the address for clients outside; a target may know more than the URL says
PORTS = {"postgres": 5432, "redis": 6379}
SECRETS = frozenset({URL, "password", "secret", "asyncpg", "psycopg", "dotnet"})  # the forms that hold a credential


def form_of(kind: str, url: str, form: str) -> str:
    """Return one form of a URL; ValueError, without the URL, when the URL cannot be read."""
    if form == URL:
        return url
    try:
        at = urlsplit(url)
        return FORMS[kind][form](at)
    except ValueError:
        raise ValueError(f"the URL of its {kind} cannot be parsed, so its {form} is unknown") from None


def _user(at: SplitResult) -> str:
    return unquote(at.username or "")


def _password(at: SplitResult) -> str:
    return unquote(at.password or "")


def _name(at: SplitResult) -> str:
    return unquote(at.path.strip("/"))


def _host(at: SplitResult) -> str:
    return at.hostname or "localhost"


def _port(kind: str) -> Callable[[SplitResult], str]:
    return lambda at: str(at.port or PORTS[kind])


def _address(at: SplitResult) -> str:
    """Return the host and the port, without a user."""
    return at.netloc.rpartition("@")[2] or "localhost"


def _jdbc(at: SplitResult) -> str:
    """Return a JDBC URL without a user: Spring reads the user and the password from other settings."""
    return urlunsplit(("jdbc:postgresql", _address(at), at.path, at.query, ""))


def _driver(name: str) -> Callable[[SplitResult], str]:
    return lambda at: urlunsplit(at._replace(scheme=f"postgresql+{name}"))


def _dotnet(at: SplitResult) -> str:
    """Return a connection string of Npgsql."""
    parts = {"Host": _host(at), "Port": _port("postgres")(at), "Database": _name(at)}
    parts |= {"Username": _user(at), "Password": _password(at)}
    return ";".join(f"{key}={_npgsql(text)}" for key, text in parts.items())


def _npgsql(text: str) -> str:
    """Quote a value that has what separates values (ADO.NET connection strings)."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if set(text) & set(";='\" ") else text


FORMS: Mapping[str, Mapping[str, Callable[[SplitResult], str]]] = {
    "postgres": {
        "host": _host, "port": _port("postgres"), "name": _name, "user": _user, "password": _password,
        "jdbc": _jdbc, "asyncpg": _driver("asyncpg"), "psycopg": _driver("psycopg"), "dotnet": _dotnet,
    },
    "redis": {
        "host": _host, "port": _port("redis"), "database": lambda at: _name(at) or "0", "user": _user,
        "password": _password,
    },
    "bucket": {
        "endpoint": endpoint_of, PUBLIC: endpoint_of, "name": _name, "key": _user, "secret": _password,
    },
}  # fmt: skip
