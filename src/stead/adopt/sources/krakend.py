"""KrakenD: its endpoints, and the hosts behind them.

https://www.krakend.io/docs/endpoints/
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from stead.adopt.evidence import Access, Edge, Evidence, Front
from stead.adopt.text import host_of

KIND = "KrakenD"
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def read(found: Evidence) -> None:
    """Add the endpoints of every configuration."""
    for path in found.named("krakend.json"):
        try:
            data = msgspec.json.decode(found.tree.text(path) or "")
        except (msgspec.DecodeError, RecursionError):
            continue
        endpoints = data.get("endpoints") if isinstance(data, dict) else None
        if isinstance(endpoints, list):
            found.fronts += _fronts([each for each in endpoints if isinstance(each, dict)], found.name(path))
            found.edges.append(Edge("krakend", found.name(path)))
            found.used[KIND] = None


def _fronts(endpoints: list[dict[str, Any]], file: str) -> Iterator[Front]:
    for endpoint in endpoints:
        method = str(endpoint.get("method", "GET")).upper()
        path = str(endpoint.get("endpoint", ""))
        configured = endpoint.get("extra_config")
        guarded = isinstance(configured, dict) and any(key.startswith("auth/") for key in configured)
        access: Access = "user" if guarded else "public"
        for host in _hosts(endpoint.get("backend")):
            yield Front(host, (method if method in METHODS else "ANY",), path, access, file)


def _hosts(backends: Any) -> list[str]:
    """Return the hosts of the backends; an endpoint that merges several has several."""
    found: dict[str, None] = {}
    for backend in backends if isinstance(backends, list) else ():
        hosts = backend.get("host") if isinstance(backend, dict) else None
        for url in hosts if isinstance(hosts, list) else ():
            found[host_of(str(url))] = None
    return list(found)
