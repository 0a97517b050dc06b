"""Bench (f): sessions verified a second through HTTP, and access tokens at the gateway.

In turns, each over the same number of connections: the framework alone with an empty handler, asked with the very same
requests; the service with its sessions in Redis, then in PostgreSQL; and what limits them, a bare GET of the same Redis
and a primary-key SELECT of the same PostgreSQL (pgbench). An access token is verified by the whole gateway, against a
bare Envoy before the same upstream. A ratio is the median of the rounds' ratios.
"""

import asyncio
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg
import uvloop

from benchmarks import gateway as envoys
from benchmarks.row import Row
from stead.gateway.agent_plan import plan
from stead.gateway.bootstrap import bootstrap, to_json
from stead.gateway.deployment import Deployment, Socket
from stead.kit.caller import mint
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.model import Backend, Gateway, Rate, Redis, Route, Service
from stead.run.postgres import Cluster, binary, create_database
from stead.run.redis import Server, create_user
from stead.services import sessions

CLIENTS = 32
SESSIONS = 2_000
ROUNDS = 3
HERE = Path(__file__).parent
NO_WRK = "sessions: install wrk (apt install wrk, brew install wrk)"
SELECT = f"\\set id random(1, {SESSIONS})\nSELECT value FROM floor WHERE id = :id;\n"
TABLE = f"""
CREATE TABLE floor (id bigint PRIMARY KEY, value text);
INSERT INTO floor SELECT n, repeat('x', 200) FROM generate_series(1, {SESSIONS}) n;
"""


@dataclass(frozen=True)
class Asked:
    """A service under load: where it is, and which sessions it knows."""

    port: int
    shown: Path


class Keys:
    """The keys of those who ask, and the keyring that the service gets."""

    def __init__(self) -> None:
        self.private = {name: new_private_key(name) for name in ("game", "api-gateway")}
        may = {"game": ("create", "verify", "exchange"), "api-gateway": ("front", "keys")}
        self.ring = jwk_set({name: public_jwk(key, name, may[name]) for name, key in self.private.items()})

    @property
    def token(self) -> str:
        operations = ("create", "exchange", "verify")
        return mint(signing_key(self.private["game"]), "game", "sessions", operations, now=time.time())


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; each of those compared is measured for `seconds` in each round."""
    if not shutil.which("wrk"):
        return [Row(NO_WRK)]
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    redis, cluster = Server(folder / "redis"), Cluster(folder / "postgres")
    try:
        redis.start()
        cluster.start()
        return [*_verified(folder, redis, cluster, seconds), *_at_the_gateway(folder, redis, seconds)]
    finally:
        redis.stop()
        cluster.stop()
        shutil.rmtree(folder)


def _verified(folder: Path, redis: Server, cluster: Cluster, seconds: float) -> list[Row]:
    keys = Keys()
    urls = {
        "REDIS_URL": create_user(redis.url(), "sessions", secrets.token_hex(8)),
        "DATABASE_URL": create_database(cluster.url(), "sessions", secrets.token_hex(8)),
    }
    with ExitStack() as stack:
        asked = {
            name: stack.enter_context(_service(folder, name, {setting: urls[setting]}, keys))
            for name, setting in (("redis", "REDIS_URL"), ("postgres", "DATABASE_URL"))
        }
        asked["framework"] = Asked(stack.enter_context(_bare(folder)), asked["redis"].shown)
        found = []
        for _ in range(ROUNDS):
            rates = {name: _wrk(one, keys.token, seconds) for name, one in asked.items()}
            rates["get"] = uvloop.run(_gets(urls["REDIS_URL"], seconds))
            rates["select"] = _selects(folder, urls["DATABASE_URL"], seconds)
            found.append(rates)
    return _rows(found)


def _rows(found: list[Mapping[str, float]]) -> list[Row]:
    def rate(name: str) -> float:
        return median(each[name] for each in found)

    def ratio(name: str, peer: str) -> float:
        return median(each[name] / each[peer] for each in found)

    rows = [
        Row("the framework alone, an empty handler", rate("framework"), "1/s"),
        Row("bare GET of the same Redis", rate("get"), "1/s"),
        Row("bare SELECT by primary key of the same PostgreSQL", rate("select"), "1/s"),
    ]
    for name, store, floor in (("redis", "Redis", "get"), ("postgres", "PostgreSQL", "select")):
        said = f"sessions verified through HTTP, in {store}"
        rows.append(Row(f"{said}; ratio to the framework alone", rate(name), "1/s", ratio(name, "framework"), 0.4))
        rows.append(Row(f"{said}; ratio to the bare store", rate(name), "1/s", ratio(name, floor)))
    return rows


def _wrk(asked: Asked, token: str, seconds: float) -> float:
    host = f"127.0.0.1:{asked.port}"
    how = ("-t", "1", "-c", str(CLIENTS), "-d", f"{max(1, round(seconds))}s", "-s", HERE / "sessions.lua")
    command = ["wrk", *how, f"http://{host}/", "--", token, host, asked.shown]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])


class _Getting(asyncio.Protocol):
    """One connection that asks for one key again and again, in the bytes of the protocol."""

    def __init__(self, password: str, until: float) -> None:
        self.login = b"AUTH sessions " + password.encode() + b"\r\nSET sessions:floor " + b"x" * 200 + b"\r\n"
        self.until = until
        self.count = -2  # AUTH and SET
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        transport.write(self.login)

    def data_received(self, data: bytes) -> None:
        self.count += data.count(b"+OK\r\n") or 1
        if self.count < 0:
            return
        if time.perf_counter() >= self.until:
            self.transport.close()
            self.done.set_result(self.count)
            return
        self.transport.write(b"*2\r\n$3\r\nGET\r\n$14\r\nsessions:floor\r\n")


async def _gets(url: str, seconds: float) -> float:
    loop, parts, began = asyncio.get_running_loop(), urlsplit(url), time.perf_counter()
    made = [
        await loop.create_connection(lambda: _Getting(parts.password, began + seconds), parts.hostname, parts.port)
        for _ in range(CLIENTS)
    ]
    return sum([await protocol.done for _, protocol in made]) / (time.perf_counter() - began)


def _selects(folder: Path, url: str, seconds: float) -> float:
    script = folder / "select.sql"
    if not script.exists():
        script.write_text(SELECT)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)
    how = ("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(max(1, round(seconds))))
    done = subprocess.run([binary("pgbench"), *how, "-f", script, url], capture_output=True, text=True, check=True)
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


@contextmanager
def _service(folder: Path, name: str, told: Mapping[str, str], keys: Keys, made: int = SESSIONS) -> Iterator[Asked]:
    """Run the service on one of the stores, and let it know some sessions."""
    port = envoys._free()
    environ = {
        "PATH": os.environ["PATH"],
        "SERVICE_NAME": "sessions",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "SESSION_SIGNING_KEY": "k" * 32,
        "SERVICE_JWT_KEYS": keys.ring,
        **told,
    }
    words = [sys.executable, "-m", "stead.kit.serve", f"stead.services.sessions.app:on_{name}"]
    with _process(folder, name, words, environ):
        envoys._until(lambda: envoys._listens(port))
        shown = folder / f"{name}.sessions"
        shown.write_text("".join(f"{_begin(port, keys, number)}\n" for number in range(made)))
        yield Asked(port, shown)


def _begin(port: int, keys: Keys, number: int) -> str:
    return _post(port, keys, "", {"user_id": f"user_{number}", "method": "bench"})["session"]


def _post(port: int, keys: Keys, path: str, body: object) -> dict[str, str]:
    headers = {"x-service-token": f"Bearer {keys.token}", "content-type": "application/json"}
    url = f"http://127.0.0.1:{port}/v1/sessions{path}"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)) as answer:
        return json.loads(answer.read())


@contextmanager
def _bare(folder: Path) -> Iterator[int]:
    port = envoys._free()
    words = [sys.executable, "-m", "uvicorn", "bare:app", "--port", str(port)]
    quiet = ["--no-access-log", "--log-level", "warning"]
    with _process(folder, "bare", words + quiet, {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE)}):
        envoys._until(lambda: envoys._listens(port))
        yield port


@contextmanager
def _process(folder: Path, name: str, words: list[str], environ: Mapping[str, str]) -> Iterator[None]:
    with (folder / f"{name}.log").open("w") as log:
        running = subprocess.Popen(words, stdout=log, stderr=log, env=environ)
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(10)


def _at_the_gateway(folder: Path, redis: Server, seconds: float) -> list[Row]:
    keys = Keys()
    told = {"REDIS_URL": create_user(redis.url(), "sessions", secrets.token_hex(8)), "SESSION_ACCESS_SECONDS": "300"}
    with ExitStack() as stack:
        origin = stack.enter_context(envoys._envoy(folder, "origin", envoys._answering)).port
        bare = stack.enter_context(envoys._envoy(folder, "plain", lambda port: envoys._passing(port, origin)))
        issuer = stack.enter_context(_service(folder, "redis", told, keys, made=1))
        gateway = stack.enter_context(_gateway(folder, keys, origin, issuer.port))
        session = issuer.shown.read_text().strip()
        found = []
        for _ in range(ROUNDS):
            token = _post(issuer.port, keys, "/exchange", {"session": session})["access_token"]
            found.append([envoys._ask(proxy, token, seconds).rate for proxy in (bare, gateway)])
    ratio = median(ours / peer for peer, ours in found)
    return [
        Row("bare Envoy proxy", median(peer for peer, _ in found), "1/s"),
        Row(
            "access token verified at the gateway; ratio to bare Envoy", median(r for _, r in found), "1/s", ratio, 0.8
        ),
    ]


@contextmanager
def _gateway(folder: Path, keys: Keys, origin: int, issuer_port: int) -> Iterator[envoys.Proxy]:
    points = Service("points-service", command="x", routes=[Route.user("GET", envoys.PATH)])
    issuer = sessions.service("sessions", store=Redis())
    rate = Rate(10_000_000, 10_000_000)
    gateway = Gateway("api-gateway", users=sessions.users(issuer), fronts=[points, issuer], rate=rate)
    backend, port = Backend("bench", [points, issuer], gateway), envoys._free()
    deployment = Deployment(
        environment="prod",
        version="bench",
        listen=Socket("127.0.0.1", port),
        upstreams={"points-service": Socket("127.0.0.1", origin), "sessions": Socket("127.0.0.1", issuer_port)},
        folder=str(folder),
    )
    (folder / "plan.json").write_text(plan(backend, deployment).to_json())
    words = [sys.executable, "-m", "stead.gateway.agent", str(folder / "plan.json"), str(folder)]
    told = {"SERVICE_JWT_SECRET": keys.private["api-gateway"], "PATH": os.environ["PATH"]}
    told["SESSIONS_SERVICE_URL"] = f"http://127.0.0.1:{issuer_port}"
    with _process(folder, "agent", words, told):
        envoys._until((folder / "ready").exists)
        with envoys._envoy(folder, "gateway", lambda _: to_json(bootstrap(backend, deployment)), port) as listening:
            yield listening


if __name__ == "__main__":
    for row in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0):
        aim = f"  x{row.ratio:.2f} (aim {row.aim})" if row.ratio is not None else ""
        print(f"{row.name:70} {row.value:12,.0f} {row.unit}{aim}")
