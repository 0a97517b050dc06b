"""A service in the test's own process: its lifespan is run, its boundary is real, no socket is opened.

The callers of a test sign real Ed25519 tokens; the service gets their public keys, as the runner would give them.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from stead.kit.asgi import ASGIApp, Message
from stead.kit.boundary import Paths
from stead.kit.caller import mint
from stead.kit.cleanup import Protected, finish
from stead.kit.http_problem import HttpProblem
from stead.kit.key import SigningKey, jwk_set, new_private_key, public_jwk, signing_key
from stead.kit.user import User, headers_of
from stead.model import Service
from stead.model.call import FRONT

GATEWAY = "api-gateway"
USUAL = ("auth-service", "content-service", "points-service", "referral-service", "token-service", "partner-service")


class App:
    """A running service, and those who may call it."""

    def __init__(self, client: httpx2.AsyncClient, service: Service[Any], keys: Mapping[str, SigningKey]) -> None:
        self.client = client
        self.service = service
        self.keys = keys
        self._paths = Paths(service.routes)

    async def request(
        self,
        method: str,
        path: str,
        *,
        caller: str | None = None,
        may: Sequence[str] | None = None,
        user: str | User | None = None,
        roles: Sequence[str] = (),
        gateway: bool | None = None,
        key: str | None = None,
        headers: Mapping[str, str] = {},
        **sent: Any,
    ) -> httpx2.Response:
        """Ask the service.

        caller   who asks; a name that the service does not know signs with a key of its own
        may      the operations in the caller's token; left out, the one that the route needs
        user     on whose behalf: an id, or a User to say it all
        gateway  ask as the gateway does; left out, it does so for a user and for a public route
        key      the Idempotency-Key
        sent     `json`, `content`, `data`, `params`, …: as httpx takes them
        """
        fields = dict(headers)
        person = User(user, frozenset(roles)) if isinstance(user, str) else user
        fields |= headers_of(person) if person else {}
        fields |= {"idempotency-key": key} if key is not None else {}
        caller_name = caller or (GATEWAY if self._through_gateway(method, path, person, gateway) else None)
        if caller_name:
            fields.setdefault(
                "x-service-token", f"Bearer {self.token(caller_name, self._operations(caller_name, method, path, may))}"
            )
        return await self.client.request(method, path, headers=fields, **sent)

    async def get(self, path: str, **how: Any) -> httpx2.Response:
        return await self.request("GET", path, **how)

    async def post(self, path: str, **how: Any) -> httpx2.Response:
        return await self.request("POST", path, **how)

    async def put(self, path: str, **how: Any) -> httpx2.Response:
        return await self.request("PUT", path, **how)

    async def patch(self, path: str, **how: Any) -> httpx2.Response:
        return await self.request("PATCH", path, **how)

    async def delete(self, path: str, **how: Any) -> httpx2.Response:
        return await self.request("DELETE", path, **how)

    def token(self, caller: str, operations: Sequence[str]) -> str:
        """Return a service token as that caller would mint it now."""
        signer = self.keys.get(caller) or signing_key(new_private_key(caller))
        return mint(signer, caller, self.service.name, operations, now=time.time())

    def _through_gateway(self, method: str, path: str, user: User | None, gateway: bool | None) -> bool:
        if gateway is not None:
            return gateway
        return user is not None or self._access(method, path) == "public"

    def _operations(self, caller_name: str, method: str, path: str, may: Sequence[str] | None) -> Sequence[str]:
        if may is not None:
            return may
        if caller_name == GATEWAY and self._access(method, path) != "service":
            return (FRONT,)
        return tuple(sorted(self.service.operations))

    def _access(self, method: str, path: str) -> str:
        try:
            return self._paths.find(method, urlsplit(path).path).access
        except HttpProblem:
            return ""


@asynccontextmanager
async def running(
    create: Callable[[], ASGIApp],
    *,
    service: Service[Any],
    environ: Mapping[str, str] = {},
    callers: Mapping[str, Sequence[str]] | None = None,
) -> AsyncIterator[App]:
    """Run a service for as long as the block lasts.

    callers  who is declared, and for what; left out, the shelf's services, for everything that this one offers
    """
    told, keys = identities(service, callers)
    with _environment({**told, **environ}):
        app = create()
    transport = httpx2.ASGITransport(app)
    opened = httpx2.AsyncClient(transport=transport, base_url=f"http://{service.name}")
    async with alive(app), Protected(opened) as client:
        yield App(client, service, keys)


def identities(
    service: Service[Any], callers: Mapping[str, Sequence[str]] | None = None
) -> tuple[dict[str, str], dict[str, SigningKey]]:
    """Return what a service is reported itself and of its callers, and the keys with which these sign."""
    declared = dict(callers) if callers is not None else dict.fromkeys(USUAL, sorted(service.operations))
    declared.setdefault(GATEWAY, [FRONT, *sorted(service.operations)] if callers is None else [FRONT])
    private = {name: new_private_key(name) for name in declared}
    keyring = {name: public_jwk(private[name], name, tuple(may)) for name, may in declared.items()}
    environ = {
        "ENVIRONMENT": "test",
        "VERSION": "test",
        "SERVICE_NAME": service.name,
        "SERVICE_JWT_SECRET": new_private_key(service.name),
        "SERVICE_JWT_KEYS": jwk_set(keyring),
    }
    return environ, {name: signing_key(text) for name, text in private.items()}


@asynccontextmanager
async def alive(app: ASGIApp) -> AsyncIterator[None]:
    """Run an ASGI app's lifespan; RuntimeError with the app's own words when it does not start or stop."""
    events: asyncio.Queue[Message] = asyncio.Queue()
    replies: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.ensure_future(_lifespan(app, events, replies))
    await _send_event(events, replies, "startup")
    try:
        yield
    finally:
        await finish(_shut_down(task, events, replies))


async def _shut_down(
    task: "asyncio.Future[None]", events: asyncio.Queue[Message], replies: asyncio.Queue[Message]
) -> None:
    await _send_event(events, replies, "shutdown")
    await task


async def _lifespan(app: ASGIApp, events: asyncio.Queue[Message], replies: asyncio.Queue[Message]) -> None:
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    try:
        await app(scope, events.get, replies.put)
    except Exception as error:  # noqa: BLE001 - the app has said why, in `lifespan.startup.failed`, or says it here
        await replies.put({"type": "lifespan.failed", "message": repr(error)})


async def _send_event(events: asyncio.Queue[Message], replies: asyncio.Queue[Message], what: str) -> None:
    await events.put({"type": f"lifespan.{what}"})
    message = await replies.get()
    if message["type"] != f"lifespan.{what}.complete":
        raise RuntimeError(f"the app did not get through its {what}: {message.get('message', '')}")


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    """Let the factory, which reads its settings from the environment, see nothing but these."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
