"""How long rendering takes: every target in three environments, and whether the time grows with the services alone.

Without the collector of garbage, as timeit does it: when it runs depends on what else this process keeps.
"""

import gc
import time
from collections.abc import Iterator

from benchmarks.row import Row
from stead.model import Backend, Clerk, Gateway, Postgres, Redis, Route, Service, Settings, secret, var
from stead.render.targets import TARGETS, generated

SMALL, LARGE = 100, 1000
TRIES = 3


class Told(Settings):
    partner_key: str = secret(help="A partner's key.")
    page_size: int = var(default=50, help="How many are shown at once.")
    region: str = var(help="Where it runs.")


def backend(count: int) -> Backend:
    """A backend of so many services; each calls up to three that were made before it."""
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
    return Backend("big", services=services, gateway=Gateway("edge", users=Clerk(), fronts=services))


def measure() -> list[Row]:
    """Return the best of a few tries each; the aim of one second for 100 services is a ratio of 1."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    for target in TARGETS:
        yield Row(f"{target}, {SMALL} services", _best(SMALL, [target]) * 1000, "ms")
    small, large = _best(SMALL, list(TARGETS)), _best(LARGE, list(TARGETS), tries=1)
    yield Row(f"all targets, {SMALL} services, against 1 s", small * 1000, "ms", ratio=1 / small, aim=1)
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
