"""A whole edge for tests: the real Envoy, the real agent, and tiny services that tell what reached them."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.exchange import exchange
from stead.gateway.agent_plan import plan
from stead.gateway.bootstrap import bootstrap, to_json
from stead.gateway.command import arguments
from stead.gateway.deployment import Deployment, Socket, UnixSocket
from stead.kit.caller import Keyring
from stead.kit.key import jwk_set, new_private_key, public_jwk, trusted_keys
from stead.model import Backend, Clerk, Cors, Gateway, Introspection, Rate, Route, Service
from stead.testing.clerk import StandInClerk

ORIGIN = "https://app.example.com"
PARTY = "https://app.example.com"
OUTAGE = b'{"status":503,"code":"database_unavailable"}'


UNLIMITED = Rate(100_000, 100_000)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_backend(*, rate=UNLIMITED, users=None):
    """Return a backend whose routes are of every kind."""
    things = Service(
        "things-service",
        command="none",
        routes=[
            Route.public("GET", "/v1/open"),
            Route.public("POST", "/v1/hook"),
            Route.public("POST", "/v1/refresh", credential=True),
            Route.public("GET", "/v1/quick", timeout=0.4),
            Route.public("GET", "/v1/articles/{slug}"),
            Route.public("GET", "/v1/articles/{slug}/notes/{note}"),
            Route.user("GET", "/v1/me"),
            Route.user("POST", "/v1/things"),
            Route.user("GET", "/v1/things/{id}"),
            Route.user("PUT", "/v1/things/{id}", roles=("editor", "chief.editor")),
            Route.service("POST", "/v1/inner", "award"),
            Route.service("GET", "/v1/things", "award"),
        ],
    )
    tokens = Service("token-service", command="none", routes=[Route.service("ANY", "/v1/authorize", "introspect")])
    down = Service("down-service", command="none", routes=[Route.public("GET", "/v1/down")])
    absent = Service("absent-service", command="none", routes=[Route.public("GET", "/v1/absent")])
    providers = [Clerk(), Introspection(tokens, "pat_", "/v1/authorize")] if users is None else users
    fronts = [things, down, absent]
    cors = Cors((ORIGIN, "https://*.preview.example.com"))
    gateway = Gateway("api-gateway", users=providers, fronts=fronts, cors=cors, rate=rate)
    return Backend("tried", [things, tokens, down, absent], gateway)


@dataclass
class Upstream:
    """A service that answers what it was sent. Its manner is told in the query: `?sleep=1`, `?status=500`, `?die=1`."""

    name: str
    keyring: Keyring | None = None
    seen: list[dict] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _connections: set = field(default_factory=set)

    async def open(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 21)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self):
        self._server.close()
        for writer in list(self._connections):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self._connections.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = [(line.partition(":")[0].lower(), line.partition(":")[2].strip()) for line in head[1:] if line]
        length = int(dict(headers).get("content-length", "0"))
        body = await (self._chunks(reader) if "transfer-encoding" in dict(headers) else reader.readexactly(length))
        request = {"service": self.name, "method": method, "path": target, "headers": headers, "length": len(body)}
        self.seen.append({**request, "body": body})
        status, more, text = await self.answer(request)
        if status == 0:
            return False
        lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(text)}", *more, "", ""]
        writer.write("\r\n".join(lines).encode() + text)
        await writer.drain()
        return True

    async def _chunks(self, reader):
        found = b""
        while length := int(await reader.readline(), 16):
            found += await reader.readexactly(length)
            await reader.readline()
        await reader.readline()
        return found

    async def answer(self, request):
        query = dict(part.partition("=")[::2] for part in request["path"].partition("?")[2].split("&"))
        await asyncio.sleep(float(query.get("sleep", 0)))
        if query.get("die"):
            return 0, [], b""
        status = int(query.get("status", 200))
        return status, ["content-type: application/json"], json.dumps(request).encode()


class Verifier(Upstream):
    """The service that issued the `pat_` credentials."""

    async def answer(self, request):
        headers = dict(request["headers"])
        caller = self.keyring.verify(headers["x-service-token"].removeprefix("Bearer "))
        if (caller.name, "introspect" in caller.operations) != ("api-gateway", True):
            return 403, [], b""
        credential = headers.get("authorization", "").split(" ")[1]
        if credential == "pat_slow":
            await asyncio.sleep(4)
        if credential == "pat_broken":
            return 500, [], b"stack trace"
        if credential == "pat_outage":
            return 503, ["content-type: application/problem+json", "retry-after: 7"], OUTAGE
        if credential == "pat_gone":
            return 0, [], b""
        if credential == "pat_nameless":
            return 200, [], b""
        if not credential.startswith("pat_good"):
            return 401, ["x-user-id: mallory", "content-type: text/html"], b"no such token: " + credential.encode()
        said = ["x-user-id: user_pat", "x-auth-method: token", "x-user-scopes: things:read", "x-other: not this"]
        return 200, said, b""


class Services:
    """The upstreams, in an event loop of their own."""

    def __init__(self, *upstreams):
        self.by_name = {upstream.name: upstream for upstream in upstreams}
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        for upstream in upstreams:
            self.do(upstream.open())

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def close(self):
        for upstream in self.by_name.values():
            self.do(upstream.close())
        self.do(self._cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _cancel_all(self):
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@dataclass
class Edge:
    """A running gateway."""

    folder: Path
    clerk: StandInClerk
    services: Services
    envoy: subprocess.Popen
    agent: subprocess.Popen
    port: int

    def ask(self, method, path, headers=(), body=b"", *, user=None, token=None):
        """Send one request, exactly as it is written here."""
        lines = [f"{method} {path} HTTP/1.1", "Host: api.example.com", "Connection: close"]
        names = {name.lower() for name, _ in headers}
        if token or user:
            lines.append(f"Authorization: Bearer {token or self.clerk.session(user, azp=PARTY)}")
        if body and not names & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in headers]
        return exchange(("127.0.0.1", self.port), "\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def get(self, path, headers=(), **more):
        return self.ask("GET", path, headers, **more)

    def admin(self, path, method="GET"):
        request = f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        return exchange(str(self.folder / "admin"), request.encode()).body.decode()

    def logged(self, answer):
        """The line of the access log about an answer; Envoy writes its lines once a second."""
        wanted = answer.header("x-request-id")
        file = self.folder / "access.log"
        return json.loads(eventually(lambda: [line for line in file.read_text().splitlines() if wanted in line])[0])


def is_live(edge):
    try:
        return "LIVE" in edge.admin("/ready")
    except OSError:  # the socket is there a moment before somebody listens
        return False


def eventually(question, within=5.0):
    """Return the first true answer; AssertionError when there was none in time."""
    end = time.monotonic() + within
    while not (found := question()):
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(0.02)
    return found


@contextmanager
def an_edge(backend=None, *, environ=None, values=None, **deployment):
    """Run an edge in a folder of its own; the path of a Unix socket must be short."""
    backend = backend or a_backend()
    folder = Path(tempfile.mkdtemp(prefix="stead-gw-"))
    clerk = StandInClerk()
    secret = new_private_key("api-gateway")
    entry = public_jwk(secret, "api-gateway", may=("front", "introspect"))
    keys = trusted_keys(jwk_set({"api-gateway": entry}), None)
    services = Services(
        Upstream("things-service", Keyring(keys, "things-service")),
        Verifier("token-service", Keyring(keys, "token-service")),
    )
    given_settings = {"SERVICE_JWT_SECRET": secret, "CLERK_JWKS_URL": clerk.write_key_set(folder), **(environ or {})}
    known = {"CLERK_ISSUER": clerk.issuer, "CLERK_AUTHORIZED_PARTIES": (PARTY,), **(values or {})}
    place = a_place(folder, services, values=known, **deployment)
    agent = start_agent(plan(backend, place), folder, given_settings)
    envoy = start_envoy(backend, place)
    edge = Edge(folder, clerk, services, envoy, agent, 0)
    try:
        eventually(lambda: is_live(edge), 15)
        listeners = json.loads(edge.admin("/listeners?format=json"))["listener_statuses"]
        edge.port = listeners[0]["local_address"]["socket_address"]["port_value"]
        yield edge
    finally:
        for process in (envoy, agent):
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        services.close()
        shutil.rmtree(folder)


def start_agent(kept, folder, environ):
    (folder / "plan.json").write_text(kept.to_json())
    words = [sys.executable, "-m", "stead.gateway.agent", str(folder / "plan.json"), str(folder)]
    with (folder / "agent.log").open("a") as log:
        path = {"PATH": os.environ["PATH"]}
        agent = subprocess.Popen(words, env={**path, **environ}, stdout=log, stderr=log)
    eventually(lambda: (folder / "ready").exists() or agent.poll() is not None, 15)
    return agent


def a_place(folder, services, **deployment):
    refused = socket.create_server(("127.0.0.1", 0))
    upstreams = {name: Socket("127.0.0.1", one.port) for name, one in services.by_name.items()}
    upstreams["down-service"] = Socket("127.0.0.1", refused.getsockname()[1])
    refused.close()
    return Deployment(
        environment="test",
        version="abc123",
        listen=Socket("127.0.0.1", 0),
        admin=UnixSocket(str(folder / "admin")),
        upstreams=upstreams,
        folder=str(folder),
        **deployment,
    )


def start_envoy(backend, place):
    folder = Path(place.folder)
    (folder / "envoy.json").write_text(to_json(bootstrap(backend, place)))
    with (folder / "access.log").open("w") as out, (folder / "envoy.log").open("w") as log:
        return subprocess.Popen(arguments(folder / "envoy.json"), stdout=out, stderr=log)
