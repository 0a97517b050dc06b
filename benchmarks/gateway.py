"""Bench (b): requests a second and p99 through the gateway, against a bare Envoy proxy and proxies in Python.

All stand before one upstream, an Envoy that answers by itself, and are asked in turns by wrk with the same session
token, over the same number of connections; a ratio is the median of the rounds' ratios. The gateway is the whole one,
agent, rate limit and access log included, with a verified RS256 token. The bare Envoy has one route and the router,
and the same one worker. The proxies in Python are the smallest ASGI app on uvicorn that does what the gateway is asked
for here: it verifies the token with PyJWT, remembers it until it expires, sets the user's headers and sends the request
on. CPU is what the process itself used for a request: on a busy machine it wavers less than requests a second.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import psutil

from benchmarks.row import Row
from stead.gateway.agent_plan import plan
from stead.gateway.bootstrap import bootstrap, to_json
from stead.gateway.command import arguments
from stead.gateway.deployment import Deployment, Socket
from stead.kit.key import new_private_key
from stead.model import Backend, Clerk, Gateway, Introspection, Rate, Route, Service
from stead.testing.clerk import StandInClerk

ROUNDS = 5
GATEWAY = "gateway, RS256 verified"
CLIENTS = [client for client in ("httpx2", "aiohttp") if find_spec(client)]
CONNECTIONS = 32
PATH = "/v1/points/balance"
ANSWER = '{"user_id":"user_1","balance":4200,"earned":6400,"spent":2200,"as_of":"2026-11-20T09:00:00Z"}'
PATIENCE = 20.0  # seconds
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
NO_WRK = "gateway: install wrk (apt install wrk, brew install wrk)"


@dataclass(frozen=True)
class Seen:
    """One run of wrk: requests a second, the 99th percentile of the latency in ms, CPU a request in µs."""

    rate: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Proxy:
    """Something that is measured: where it listens, and its process."""

    port: int
    pid: int


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; each of the three is asked for `seconds` in each round."""
    if not shutil.which("wrk"):
        return [Row(NO_WRK, 0.0, "requests/s")]
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    try:
        with ExitStack() as stack:
            return _rounds(*_started(stack, folder), seconds)
    finally:
        shutil.rmtree(folder)


def _started(stack: ExitStack, folder: Path) -> tuple[dict[str, Proxy], str]:
    clerk = StandInClerk()
    token = clerk.session("user_1", exp=int(time.time()) + 3600)
    origin = stack.enter_context(_envoy(folder, "origin", _answering)).port
    proxies = {
        "bare Envoy proxy": stack.enter_context(_envoy(folder, "bare", lambda port: _passing(port, origin))),
        GATEWAY: stack.enter_context(_gateway(folder, clerk, origin)),
    }
    for client in CLIENTS:
        name = f"proxy in Python, uvicorn and {client}"
        proxies[name] = stack.enter_context(_python(folder, clerk, origin, client))
    for proxy in proxies.values():
        _ask(proxy, token, 1.0)
    return proxies, token


def _rounds(proxies: Mapping[str, Proxy], token: str, seconds: float) -> list[Row]:
    found = [{name: _ask(proxy, token, seconds) for name, proxy in proxies.items()} for _ in range(ROUNDS)]
    peers = [name for name in proxies if name != GATEWAY]
    measured = [row for name in proxies for row in _measured(name, [each[name] for each in found])]
    return measured + [_compared(peer, found) for peer in peers]


def _measured(name: str, seen: list[Seen]) -> list[Row]:
    return [
        Row(name, median(each.rate for each in seen), "1/s"),
        Row(f"{name}, p99", median(each.p99 for each in seen), "ms"),
        Row(f"{name}, CPU a request", median(each.cpu for each in seen), "µs"),
    ]


def _compared(peer: str, found: list[dict[str, Seen]]) -> Row:
    ratio = median(each[GATEWAY].rate / each[peer].rate for each in found)
    rate = median(each[GATEWAY].rate for each in found)
    return Row(f"gateway against: {peer}", rate, "1/s", ratio, 0.85 if "Envoy" in peer else 4.0)


def _ask(proxy: Proxy, token: str, seconds: float) -> Seen:
    how = ("-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency")
    words = ["wrk", *how, "-H", f"Authorization: Bearer {token}", f"http://127.0.0.1:{proxy.port}{PATH}"]
    before = _cpu(proxy)
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    cpu = (_cpu(proxy) - before) / int(re.search(r"(\d+) requests in", said)[1]) * 1e6
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", said)
    return Seen(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(p99[1]) * MILLISECONDS[p99[2]], cpu)


def _cpu(proxy: Proxy) -> float:
    used = psutil.Process(proxy.pid).cpu_times()
    return used.user + used.system


@contextmanager
def _gateway(folder: Path, clerk: StandInClerk, origin: int) -> Iterator[Proxy]:
    """Run the whole gateway: of a backend that accepts session tokens and API tokens, and limits rates."""
    points = Service("points-service", command="x", routes=[Route.user("GET", PATH), Route.public("GET", "/v1/open")])
    tokens = Service("token-service", command="x", routes=[Route.service("ANY", "/v1/authorize", "introspect")])
    users = [Clerk(), Introspection(tokens, "pat_", "/v1/authorize")]
    gateway = Gateway("api-gateway", users=users, fronts=[points, tokens], rate=Rate(10_000_000, 10_000_000))
    backend, port = Backend("bench", [points, tokens], gateway), _free()
    deployment = Deployment(
        environment="prod",
        version="bench",
        listen=Socket("127.0.0.1", port),
        upstreams={service.name: Socket("127.0.0.1", origin) for service in backend.services},
        folder=str(folder),
        values={"CLERK_ISSUER": clerk.issuer, "CLERK_AUTHORIZED_PARTIES": ("https://app.example.com",)},
    )
    (folder / "plan.json").write_text(plan(backend, deployment).to_json())
    words = [sys.executable, "-m", "stead.gateway.agent", str(folder / "plan.json"), str(folder)]
    told = {"SERVICE_JWT_SECRET": new_private_key("api-gateway"), "CLERK_JWKS_URL": clerk.write_key_set(folder)}
    with _process(folder, "agent", words, told):
        _until((folder / "ready").exists)
        with _envoy(folder, "gateway", lambda _: to_json(bootstrap(backend, deployment)), port) as listening:
            yield listening


@contextmanager
def _envoy(folder: Path, name: str, configuration: Callable[[int], str], port: int = 0) -> Iterator[Proxy]:
    port = port or _free()
    file = folder / f"{name}-envoy.json"
    file.write_text(configuration(port))
    with _process(folder, name, arguments(file)) as pid:
        _until(lambda: _listens(port))
        yield Proxy(port, pid)


@contextmanager
def _python(folder: Path, clerk: StandInClerk, origin: int, client: str) -> Iterator[Proxy]:
    port = _free()
    told = {
        "CLIENT": client,
        "ORIGIN": f"http://127.0.0.1:{origin}",
        "KEYS": json.dumps(clerk.key_set()),
        "ISSUER": clerk.issuer,
        "PYTHONPATH": str(Path(__file__).parent),
    }
    words = [sys.executable, "-m", "uvicorn", "gateway_proxy:app", "--port", str(port), "--no-access-log"]
    with _process(folder, client, [*words, "--log-level", "warning"], told) as pid:
        _until(lambda: _listens(port))
        yield Proxy(port, pid)


@contextmanager
def _process(folder: Path, name: str, words: list[str], told: Mapping[str, str] | None = None) -> Iterator[int]:
    with (folder / f"{name}.out").open("w") as out:
        running = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **(told or {})})
    try:
        yield running.pid
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(10)


def _answering(port: int) -> str:
    """Return an Envoy that answers every request by itself."""
    answer = {"status": 200, "body": {"inline_string": ANSWER}}
    return _plain(port, {"match": {"prefix": "/"}, "direct_response": answer}, [])


def _passing(port: int, origin: int) -> str:
    """Return an Envoy that sends every request on, and does nothing else."""
    address = {"socket_address": {"address": "127.0.0.1", "port_value": origin}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    cluster = {"name": "origin", "load_assignment": {"cluster_name": "origin", "endpoints": endpoints}}
    return _plain(port, {"match": {"prefix": "/"}, "route": {"cluster": "origin"}}, [cluster])


def _plain(port: int, route: Mapping[str, object], clusters: list[Mapping[str, object]]) -> str:
    types = "type.googleapis.com/envoy.extensions.filters"
    router = {"name": "router", "typed_config": {"@type": f"{types}.http.router.v3.Router"}}
    manager = {
        "@type": f"{types}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "plain",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
        "http_filters": [router],
    }
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    filters = [{"name": "http", "typed_config": manager}]
    listener = {"name": "in", "address": address, "filter_chains": [{"filters": filters}]}
    return json.dumps({"static_resources": {"listeners": [listener], "clusters": clusters}})


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _until(question: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > end:
            raise TimeoutError("a process of this bench did not come up")
        time.sleep(0.02)


if __name__ == "__main__":
    for row in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0):
        aim = f"  x{row.ratio:.2f} (aim {row.aim})" if row.ratio is not None else ""
        print(f"{row.name:70} {row.value:12,.1f} {row.unit}{aim}")
