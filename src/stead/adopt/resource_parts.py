"""Parts of a resource: the variables in which a program is given its host, its user and its password one by one."""

from collections.abc import Mapping, Sequence

SUFFIXES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Postgres": {
        "host": ("HOST", "HOSTNAME", "SERVER"),
        "port": ("PORT",),
        "name": ("NAME", "DB", "DATABASE", "DBNAME", "DB_NAME"),
        "user": ("USER", "USERNAME"),
        "password": ("PASSWORD", "PASS", "PASSWD"),
    },
    "Redis": {
        "host": ("HOST", "HOSTNAME", "SERVER"),
        "port": ("PORT",),
        "database": ("DB", "DATABASE"),
        "user": ("USER", "USERNAME"),
        "password": ("PASSWORD", "PASS", "PASSWD"),
    },
    "Bucket": {
        "endpoint": ("ENDPOINT", "ENDPOINT_URL", "URL"),
        "name": ("BUCKET", "BUCKET_NAME"),
        "key": ("ACCESS_KEY", "ACCESS_KEY_ID"),
        "secret": ("SECRET_KEY", "SECRET_ACCESS_KEY"),
    },
}
Parts = tuple[tuple[str, str], ...]


def parts_of(kind: str, stem: str, names: Sequence[str]) -> Parts:
    """Return the form that each variable holds, in the order of the forms; a variable that is none is left out."""
    found: list[tuple[str, str]] = []
    for form, suffixes in SUFFIXES[kind].items():
        variable = next((stem + suffix for suffix in suffixes if stem + suffix in names), "")
        if variable:
            found.append((form, variable))
    return tuple(found)


def is_plain(kind: str, raw: str) -> bool:
    """Return whether an address is written as its form is: a host without a port, an endpoint with a scheme."""
    return raw.startswith(("http://", "https://")) if kind == "Bucket" else ":" not in raw
