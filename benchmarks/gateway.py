"""Bench (b): requests a second and p99 through the gateway, against a bare Envoy proxy and proxies in Python.

All stand before one upstream, an Envoy that answers by itself, and are asked in turns by wrk with the same session
token, over the same number of connections; a ratio is the median of the rounds' ratios. The gateway is the whole one,
agent, rate limit and access log included, with a verified RS256 token. The bare Envoy has one route and the router,
and the same one worker. The proxies in Python are the smallest ASGI app on uvicorn that does what the gateway is asked
for here: it verifies the token with PyJWT, remembers it until it expires, sets the user's headers and sends the request
on. CPU is what the process itself used for a request: on a busy machine it wavers less than requests a second.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.envoy_process import Proxy, Seen, answering, asked, envoy, free, listens, passing, process, until
from benchmarks.row import Row
from stead.gateway.agent_plan import plan
from stead.gateway.bootstrap import bootstrap, to_json
from stead.gateway.deployment import Deployment, Socket
from stead.kit.key import new_private_key
from stead.model import Backend, Clerk, Gateway, Introspection, Rate, Route, Service
from stead.testing.clerk import StandInClerk

ROUNDS = 5
GATEWAY = "gateway, RS256 verified"
CLIENTS = [client for client in ("httpx2", "aiohttp") if find_spec(client)]
PATH = "/v1/points/balance"
NO_WRK = "gateway: install wrk (apt install wrk, brew install wrk)"


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; each of the three is asked for `seconds` in each round."""
    if not shutil.which("wrk"):
        return [Row(NO_WRK)]
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    try:
        with ExitStack() as stack:
            return _rounds(*_started(stack, folder), seconds)
    finally:
        shutil.rmtree(folder)


def _started(stack: ExitStack, folder: Path) -> tuple[dict[str, Proxy], str]:
    clerk = StandInClerk()
    token = clerk.session("user_1", exp=int(time.time()) + 3600)
    origin = stack.enter_context(envoy(folder, "origin", answering)).port
    proxies = {
        "bare Envoy proxy": stack.enter_context(envoy(folder, "bare", lambda port: passing(port, origin))),
        GATEWAY: stack.enter_context(_gateway(folder, clerk, origin)),
    }
    for client in CLIENTS:
        name = f"proxy in Python, uvicorn and {client}"
        proxies[name] = stack.enter_context(_python(folder, clerk, origin, client))
    header = f"Authorization: Bearer {token}"
    for proxy in proxies.values():
        asked(proxy, PATH, header, 1.0)
    return proxies, header


def _rounds(proxies: Mapping[str, Proxy], header: str, seconds: float) -> list[Row]:
    found = [{name: asked(proxy, PATH, header, seconds) for name, proxy in proxies.items()} for _ in range(ROUNDS)]
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


@contextmanager
def _gateway(folder: Path, clerk: StandInClerk, origin: int) -> Iterator[Proxy]:
    """Run the whole gateway: of a backend that accepts session tokens and API tokens, and limits rates."""
    points = Service("points-service", command="x", routes=[Route.user("GET", PATH), Route.public("GET", "/v1/open")])
    tokens = Service("token-service", command="x", routes=[Route.service("ANY", "/v1/authorize", "introspect")])
    users = [Clerk(), Introspection(tokens, "pat_", "/v1/authorize")]
    gateway = Gateway("api-gateway", users=users, fronts=[points, tokens], rate=Rate(10_000_000, 10_000_000))
    backend, port = Backend("bench", [points, tokens], gateway), free()
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
    with process(folder, "agent", words, told):
        until((folder / "ready").exists)
        with envoy(folder, "gateway", lambda _: to_json(bootstrap(backend, deployment)), port) as listening:
            yield listening


@contextmanager
def _python(folder: Path, clerk: StandInClerk, origin: int, client: str) -> Iterator[Proxy]:
    port = free()
    told = {
        "CLIENT": client,
        "ORIGIN": f"http://127.0.0.1:{origin}",
        "KEYS": json.dumps(clerk.key_set()),
        "ISSUER": clerk.issuer,
        "PYTHONPATH": str(Path(__file__).parent),
    }
    words = [sys.executable, "-m", "uvicorn", "gateway_proxy:app", "--port", str(port), "--no-access-log"]
    with process(folder, client, [*words, "--log-level", "warning"], told) as pid:
        until(lambda: listens(port))
        yield Proxy(port, pid)


if __name__ == "__main__":
    for row in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0):
        aim = f"  x{row.ratio:.2f} (aim {row.aim})" if row.ratio is not None else ""
        print(f"{row.name:70} {row.value:12,.1f} {row.unit}{aim}")
