"""Redis: a pool of connections that is opened with the service and heals by itself; all keys begin with one prefix.

What must be atomic is a Lua script: Redis runs it as one step, and it costs one round trip. WATCH and MULTI, the other
way, cost three, and try again whenever someone else was quicker.

Scripts reach keys that they find in other keys, so this is for one Redis (with replicas), not for Redis Cluster.
"""

import logging
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from hashlib import sha1
from typing import Any
from urllib.parse import unquote, urlsplit

from redis import exceptions as errors
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as Client
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from stead.kit.cleanup import finish
from stead.kit.http_problem import HttpProblem
from stead.model import SteadError

TIMEOUT = 0.5  # seconds to connect, to wait for a free connection, and for an answer: each
RETRY_AFTER = "1"
SCHEMES = ("redis", "rediss", "unix")
# A server that is reachable and cannot serve: full, a replica, or unable to write to its disk.
UNFIT = (errors.ReadOnlyError, errors.OutOfMemoryError, errors.NoPermissionError, errors.ClusterDownError)

logger = logging.getLogger(__name__)


class Script:
    """A Lua script. It is sent by its digest, and whole only to a server that does not know it yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = sha1(text.encode(), usedforsecurity=False).hexdigest()


class Redis:
    """At most `size` connections. Its methods raise Refusal 503 `redis_unavailable` when there is no Redis.

    Keys begin with the name of the URL's user, where it is one of its own: on the server such a user reaches no others.
    `prefix` follows, so that services which share a user do not share keys.
    """

    name = "redis"

    def __init__(self, url: str, *, prefix: str, size: int = 16) -> None:
        self._url = _validated_url(url)
        user = unquote(urlsplit(url).username or "default")
        self.prefix = prefix if user == "default" else f"{user}:{prefix}"
        self._size = size
        self._client: Client | None = None

    async def open(self) -> None:
        """Open without waiting for Redis: the service becomes ready when Redis is available."""
        pool = BlockingConnectionPool.from_url(
            self._url,
            max_connections=self._size,
            timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # by default three times, up to 10 s apart, whatever the command was
            protocol=2,
            driver_info=None,
        )
        self._client = Client.from_pool(pool)
        with suppress(HttpProblem):
            await self.check()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            await finish(client.aclose())

    async def check(self) -> None:
        await self.execute("PING")

    def key(self, *parts: str) -> str:
        """Return a key of this service's own: the only ones that its user on the server reaches."""
        return ":".join((self.prefix, *parts))

    async def execute(self, *words: Any) -> Any:
        """Run one command and return its answer. It is never repeated, since its outcome is unknown after an error."""
        if self._client is None:
            raise _unavailable("not open")
        command: Awaitable[Any] = self._client.execute_command(*words)  # type: ignore[no-untyped-call]
        return await finish(_guarded(command))  # cancelled in the middle, the library would lose the connection

    async def run(self, script: Script, words: Sequence[Any]) -> Any:
        """Run a script; it gets the prefix, with its colon, as KEYS[1] and the words as ARGV."""
        try:
            return await self.execute("EVALSHA", script.digest, 1, self.key(""), *words)
        except errors.NoScriptError:  # a fresh server; the script was not run
            return await self.execute("EVAL", script.text, 1, self.key(""), *words)


async def _guarded(command: Awaitable[Any]) -> Any:
    """Turn an outage into a refusal. The library's own text may hold addresses; only its kind goes into the log."""
    try:
        return await command
    except errors.NoScriptError:
        raise
    except (errors.ConnectionError, errors.TimeoutError, OSError, *UNFIT) as error:
        raise _unavailable(type(error).__name__) from None
    except errors.ResponseError as error:
        raise _unavailable(str(error).partition(" ")[0]) from None  # its first word is its error code


def _unavailable(why: str) -> HttpProblem:
    logger.warning("Redis is not available", extra={"error": why})
    return HttpProblem(503, "redis_unavailable", "Redis cannot be reached now.", headers={"Retry-After": RETRY_AFTER})


def _validated_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in SCHEMES and bool(parts.hostname or parts.path) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:  # said without the URL: there is a password in it
        raise SteadError("The Redis URL is malformed; expected redis://user:password@host:port/0")
    return url
