"""Envoys, and other processes, that a bench starts and asks by wrk."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from stead.gateway.command import arguments

CONNECTIONS = 32
ANSWER = '{"user_id":"user_1","balance":4200,"earned":6400,"spent":2200,"as_of":"2026-11-20T09:00:00Z"}'
TIMEOUT = 20.0  # seconds
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


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


def asked(proxy: Proxy, path: str, header: str, seconds: float) -> Seen:
    """Ask a path by wrk for so many seconds, with one header."""
    how = ("-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency")
    words = ["wrk", *how, "-H", header, f"http://127.0.0.1:{proxy.port}{path}"]
    before = cpu_of(proxy)
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    cpu = (cpu_of(proxy) - before) / int(re.search(r"(\d+) requests in", said)[1]) * 1e6
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", said)
    return Seen(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(p99[1]) * MILLISECONDS[p99[2]], cpu)


def cpu_of(proxy: Proxy) -> float:
    used = psutil.Process(proxy.pid).cpu_times()
    return used.user + used.system


@contextmanager
def envoy(folder: Path, name: str, configuration: Callable[[int], str], port: int = 0) -> Iterator[Proxy]:
    port = port or free()
    file = folder / f"{name}-envoy.json"
    file.write_text(configuration(port))
    with process(folder, name, arguments(file)) as pid:
        until(lambda: listens(port))
        yield Proxy(port, pid)


@contextmanager
def process(folder: Path, name: str, words: list[str], told: Mapping[str, str] | None = None) -> Iterator[int]:
    with (folder / f"{name}.out").open("w") as out:
        running = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, **(told or {})})
    try:
        yield running.pid
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(10)


def answering(port: int) -> str:
    """Return an Envoy that answers every request by itself."""
    answer = {"status": 200, "body": {"inline_string": ANSWER}}
    return plain(port, {"match": {"prefix": "/"}, "direct_response": answer}, [])


def passing(port: int, origin: int) -> str:
    """Return an Envoy that sends every request on, and does nothing else."""
    address = {"socket_address": {"address": "127.0.0.1", "port_value": origin}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    cluster = {"name": "origin", "load_assignment": {"cluster_name": "origin", "endpoints": endpoints}}
    return plain(port, {"match": {"prefix": "/"}, "route": {"cluster": "origin"}}, [cluster])


def plain(port: int, route: Mapping[str, object], clusters: list[Mapping[str, object]]) -> str:
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


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def until(question: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not question():
        if time.monotonic() > end:
            raise TimeoutError("a process of this bench did not come up")
        time.sleep(0.02)
