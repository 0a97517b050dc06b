"""A user with keys of its own: the one way in which a service gets its part of a Redis.

A user reaches the keys and channels that begin with its own name and no others, and no command that looks at or changes
the server as a whole, so a service that is broken into reads its own data and no more. A numbered database for each
service was the other option: `SELECT` is open to everyone, so it separates nothing.
"""

from contextlib import suppress
from hashlib import sha256
from urllib.parse import quote, urlsplit, urlunsplit

from stead.run.redis.program import RedisError
from stead.run.redis.protocol import ask

# Lua scripts run with the rights of who runs them; SCRIPT FLUSH and KILL would disturb the others.
RIGHTS = ("+@all", "-@admin", "-@dangerous", "-script", "+script|load", "-select", "+select|0")


def create_user(admin_url: str, name: str, password: str) -> str:
    """Make the user `name` where it is not there yet, and return its URL.

    Run again it changes nothing but the password. The user's keys and channels all begin with `name:`.
    """
    hashed = sha256(password.encode()).hexdigest()  # only the hash goes over the wire and into the file
    rules = ("reset", "on", f"#{hashed}", f"~{name}:*", "resetchannels", f"&{name}:*", *RIGHTS)
    ask(admin_url, ("ACL", "SETUSER", name, *rules))
    with suppress(RedisError):  # a Redis that keeps its users elsewhere has no file to save them in
        ask(admin_url, ("ACL", "SAVE"))
    parts = urlsplit(admin_url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(name, safe='')}:{quote(password, safe='')}@{server}"))
