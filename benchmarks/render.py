"""How long rendering takes: every target in three environments, and whether the time grows with the services alone.

Without the collector of garbage, as timeit does it: when it runs depends on what else this process keeps.
"""

import gc
import time
from collections.abc import Iterator

from benchmarks.row import Row
from stead.model import (
    Backend,
    Clerk,
    Environment,
    Gateway,
    Kubernetes,
    Postgres,
    Redis,
    Route,
    Server,
    Service,
    Settings,
    secret,
    var,
)
from stead.render.targets import TARGETS, generated

SMALL, LARGE = 100, 1000
TRIES = 3
CLUSTERS = ("dev", "staging", "prod")


class Told(Settings):
    partner_key: str = secret(help="A partner's key.")
    page_size: int = var(default=50, help="How many are shown at once.")
    region: str = var(help="Where it runs.")


def backend(count: int, clusters: tuple[str, ...] = ()) -> Backend:
    """A backend of so many services; each calls up to three that were made before it. `clusters` are environments."""
    services: list[Service] = []
    for number in range(count):
        called = {number // 2, number // 3, number // 5} - {number}
        services.append(
            Service(
                f"w{number}",
                app="shop.app:create",
                settings=Told,
                needs=[Postgres(), Redis()] if number % 4 == 0 else [Postgres()],
                calls=[services[other].may("ask") for other in sorted(called)],
                routes=[Route.user("GET", f"/v1/w{number}"), Route.service("POST", f"/v1/w{number}", "ask")],
            )
        )
    return Backend(
        "big",
        services=services,
        gateway=Gateway("edge", users=Clerk(), fronts=services),
        registry="registry.example.com",
        environments=[Environment(name, kubernetes=_cluster(name)) for name in clusters] or (Environment("dev"),),
    )


def _cluster(name: str) -> Kubernetes:
    values = {each.name: "https://id.example.com" for each in Clerk().settings if not each.secret}
    servers = {"postgres": Server(5432, namespace="data"), "redis": Server(6379, namespace="data")}
    return Kubernetes(f"big-{name}", servers=servers, values=values | {"REGION": "eu"})


def measure() -> list[Row]:
    """Return the best of a few tries each; the aim of one second for 100 services is a ratio of 1."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    for target in TARGETS:
        yield Row(f"{target}, {SMALL} services", _best(SMALL, [target]) * 1000, "ms")
    small, large = _best(SMALL, list(TARGETS)), _best(LARGE, list(TARGETS), tries=1)
    yield Row(f"all targets, {SMALL} services, against 1 s", small * 1000, "ms", ratio=1 / small, aim=1)
    clusters = min(_once(backend(SMALL, CLUSTERS), list(TARGETS)) for _ in range(TRIES))
    yield Row(f"{SMALL} services in 3 clusters, against 1.5 s", clusters * 1000, "ms", ratio=1.5 / clusters, aim=1)
    many = _once(backend(LARGE, CLUSTERS), list(TARGETS))
    ratio = clusters * LARGE / SMALL / many
    yield Row(f"{LARGE} services in 3 clusters, against {LARGE // SMALL} times that", many * 1000, "ms", ratio, 0.7)
    grown = large / small / (LARGE / SMALL)
    yield Row(f"all targets, {LARGE} services, against {LARGE // SMALL} times that", large * 1000, "ms", 1 / grown, 0.7)


def _best(count: int, targets: list[str], tries: int = TRIES) -> float:
    return min(_once(backend(count), targets) for _ in range(tries))


def _once(described: Backend, targets: list[str]) -> float:
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        generated(described, targets)
        return time.perf_counter() - started
    finally:
        gc.enable()
