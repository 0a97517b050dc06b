"""Bench (proxy): what the proxy of a program costs, beside a call without it; and how soon all of polyglot is there.

The program is an Envoy that answers by itself, and is asked by wrk in turns: straight; in through its proxy with a
service token, which the proxy verifies; and as a program asks another, out through the listener of a declared call,
which adds a token, and in again. One proxy does both, as on a person's machine. A ratio is against the call without it;
CPU is the proxy's own for a request. The rows of polyglot are those of `benchmarks.polyglot_start`.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import psutil

from benchmarks import polyglot_start
from benchmarks.envoy_process import Proxy, Seen, answering, asked, envoy, free, process, until
from benchmarks.row import Row
from stead.gateway.bootstrap import to_json
from stead.gateway.deployment import Socket
from stead.gateway.proxy import Inbound, Outbound, ProxyDeployment, bootstrap, plan
from stead.gateway.proxy.plan import key_setting
from stead.kit.caller import mint
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key
from stead.model import Route, Service

ROUNDS = 3
HOST = "127.0.0.1"
PATH = "/v1/awards/1"
CALLER, CALLEE = "orders", "awards"
PROGRAM = Service(CALLEE, command="none", routes=[Route.service("GET", "/v1/awards/{id}", "read")])
STRAIGHT, IN, BOTH = "straight", "in through the proxy", "out and in, as program to program"


def measure(seconds: float = 4.0) -> list[Row]:
    """Return the rows; each of the three ways is asked for `seconds` in each round."""
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    try:
        return [*_asked(folder, seconds), *polyglot_start.measure(folder)]
    finally:
        shutil.rmtree(folder)


def _asked(folder: Path, seconds: float) -> list[Row]:
    if not shutil.which("wrk"):
        return [Row("proxy: install wrk (apt install wrk, brew install wrk)")]
    with ExitStack() as stack:
        return _rounds(stack, folder, seconds)


def _rounds(stack: ExitStack, folder: Path, seconds: float) -> list[Row]:
    key = new_private_key(CALLER)
    token = mint(signing_key(key), CALLER, CALLEE, ("read",), now=time.time())
    header = f"X-Service-Token: Bearer {token}"
    program = stack.enter_context(envoy(folder, "program", answering))
    into, out = stack.enter_context(_proxy(folder, program.port, key))
    ways = {STRAIGHT: program, IN: into, BOTH: out}
    for way in ways.values():
        asked(way, PATH, header, 1.0)
    found = [{name: asked(way, PATH, header, seconds) for name, way in ways.items()} for _ in range(ROUNDS)]
    memory = psutil.Process(into.pid).memory_full_info().pss / 1e6
    rows = [row for name in ways for row in _measured(name, found)]
    return [*rows, Row("the proxy's memory, PSS", memory, "MB")]


def _measured(name: str, found: list[dict[str, Seen]]) -> Iterator[Row]:
    rounds = [each[name] for each in found]
    against = None if name == STRAIGHT else median(each[name].rate / each[STRAIGHT].rate for each in found)
    yield Row(name, median(each.rate for each in rounds), "1/s", against)
    yield Row(f"{name}, p99", median(each.p99 for each in rounds), "ms")
    if name != STRAIGHT:
        yield Row(f"{name}, CPU a request", median(each.cpu for each in rounds), "µs")


@contextmanager
def _proxy(folder: Path, program: int, key: str) -> Iterator[tuple[Proxy, Proxy]]:
    """Run the proxy of one program and of one that calls it; yield the way into the one, and out of the other."""
    into, out = free(), free()
    inbound = Inbound(
        PROGRAM,
        Socket(HOST, into),
        Socket(HOST, program),
        {CALLER: ("read",)},
        {CALLER: jwk_set({CALLER: public_jwk(key, CALLER)})},
    )
    outbound = Outbound(CALLER, CALLEE, Socket(HOST, out), Socket(HOST, into), ("read",), 2.0)
    deployment = ProxyDeployment(
        name="service-proxy", backend="bench", folder=str(folder), inbound=(inbound,), outbound=(outbound,)
    )
    (folder / "plan.json").write_text(plan(deployment).to_json())
    words = [sys.executable, "-m", "stead.gateway.agent", str(folder / "plan.json"), str(folder)]
    with process(folder, "agent", words, {key_setting(CALLER): key}):
        until((folder / "ready").exists)
        with envoy(folder, "proxy", lambda _: to_json(bootstrap(deployment)), into) as listening:
            yield listening, Proxy(out, listening.pid)
