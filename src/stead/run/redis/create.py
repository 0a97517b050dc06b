"""A Redis user with its own keys, for each service.

A user has access only to keys and channels with its name as prefix, so a compromised service can read only its own
data. The pattern of keys covers only commands that name a key: SCAN, KEYS, RANDOMKEY, DBSIZE, PUBSUB CHANNELS or CLIENT
TRACKING would reveal the keys and channels of others. So the commands are an allow-list. A numbered database for
each service was the other option: `SELECT` is open to everyone, so it separates nothing.
"""

from contextlib import suppress
from hashlib import sha256
from urllib.parse import quote, urlsplit, urlunsplit

from stead.run.redis.program import RedisError
from stead.run.redis.protocol import ask

KINDS = (
    "string",
    "hash",
    "list",
    "set",
    "sortedset",
    "stream",
    "bitmap",
    "hyperloglog",
    "geo",
    "transaction",
    "pubsub",
)
KEYS = (
    *("copy", "del", "dump", "exists", "expire", "expireat", "object", "persist", "pexpire", "pexpireat", "pttl"),
    *("rename", "renamenx", "touch", "ttl", "type", "unlink"),
)
# What clients ask when they connect: INFO tells of the server, and of numbers of keys, but of no key.
CONNECTION = (
    *("command", "echo", "hello", "info", "ping", "reset", "select|0", "time", "wait"),
    *("acl|whoami", "client|getname", "client|id", "client|reply", "client|setname", "client|unblock"),
)
# Lua runs with the rights of who runs it; SCRIPT FLUSH and KILL would disturb the others.
SCRIPTS = ("eval", "evalsha", "script|exists", "script|load")
RIGHTS = (
    "-@all",
    *(f"+@{kind}" for kind in KINDS),
    *("-@admin", "-@dangerous", "-pubsub"),
    *(f"+{command}" for command in (*KEYS, *CONNECTION, *SCRIPTS)),
)
NEWER = ("+client|setinfo",)  # Redis 7.0 and 7.1 do not know it, and refuse it


ERASE = """
local cursor, count = "0", 0
repeat
  local found = redis.call("SCAN", cursor, "MATCH", ARGV[1], "COUNT", 1000)
  cursor = found[1]
  for _, key in ipairs(found[2]) do count = count + redis.call("UNLINK", key) end
until cursor == "0"
return count
"""


def erase_keys(admin_url: str, name: str) -> None:
    """Delete every key of the user `name`: SCAN is closed to the user itself."""
    ask(admin_url, ("EVAL", ERASE, "0", f"{name}:*"))


def create_user(admin_url: str, name: str, password: str) -> str:
    """Create the user `name` if it does not exist, and return its URL.

    Run again it changes nothing but the password. The user's keys and channels all begin with `name:`.
    """
    hashed = sha256(password.encode()).hexdigest()  # only the hash goes over the wire and into the file
    rules = ("reset", "on", f"#{hashed}", f"~{name}:*", "resetchannels", f"&{name}:*", *RIGHTS)
    ask(admin_url, ("ACL", "SETUSER", name, *rules))
    for right in NEWER:
        with suppress(RedisError):
            ask(admin_url, ("ACL", "SETUSER", name, right))
    with suppress(RedisError):  # a Redis that keeps its users elsewhere has no file to save them in
        ask(admin_url, ("ACL", "SAVE"))
    parts = urlsplit(admin_url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(name, safe='')}:{quote(password, safe='')}@{server}"))
