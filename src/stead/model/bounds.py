"""The bounds of a description's numbers: values outside are refused before anything is derived.

The upper bounds are far above any use; they catch a wrong unit, such as bytes where MiB are meant.
"""

import math
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.gateway import Gateway
from stead.model.limits import Limits
from stead.model.problem import Problem
from stead.model.resource import Bucket

REPLICAS = (1, 1000)
CPUS = (0.01, 1024)  # cores; Docker takes no less
MEMORY = (8, 16 * 1024 * 1024)  # MiB: Docker takes 6 at least; 16 TiB
PIDS = (1, 4_194_304)  # PID_MAX_LIMIT of Linux
RATE = (1, 1_000_000)
DAYS = (1, 36_500)
UPLOAD = (1, 1024**4)  # bytes: a route with its own limit streams the body
TIMEOUT = (0.01, 3600)  # seconds
START_PERIOD = (1, 3600)  # seconds
BODY = (1, 1024 * 1024 * 1024)  # bytes: the gateway holds a body in memory until it is complete
HEADERS = (10, 1000)  # a browser sends more than ten headers
HEADER_BYTES = (1024, 4 * 1024 * 1024)  # Envoy takes 8 MiB at the most


def is_within(value: object, bounds: tuple[float, float], *, integer: bool = True) -> bool:
    """Return whether a value is a number between two bounds, both included."""
    if isinstance(value, bool) or not isinstance(value, int if integer else (int, float)):
        return False
    return math.isfinite(value) and bounds[0] <= value <= bounds[1]


def _between(bounds: tuple[float, float], *, integer: bool = True) -> str:
    return f"write {'a whole number' if integer else 'a number'} from {bounds[0]:g} to {bounds[1]:,.10g}"


def replicas_can_run(backend: Backend) -> Iterator[Problem]:
    """A service has at least one replica; an environment leaves it out by `without`."""
    mend = f"{_between(REPLICAS)}; to leave it out of an environment, set without=(service,) there"
    for service in backend.services:
        if not is_within(service.replicas, REPLICAS):
            message = f"{service.name} has replicas={service.replicas!r}"
            yield Problem("SERVICE002", message, service.where, mend)
    for environment in backend.environments:
        for service, number in environment.replicas.items():
            if not is_within(number, REPLICAS):
                message = f"{environment.name} has replicas of {number!r} for {service.name}"
                yield Problem("ENVIRONMENT003", message, environment.where, mend)


def limits_leave_something(backend: Backend) -> Iterator[Problem]:
    """A process gets some CPU, memory and processes."""
    for process in backend.processes:
        limits: Limits = process.limits
        for name, bounds, unit in (("cpus", CPUS, "cores"), ("memory", MEMORY, "MiB"), ("pids", PIDS, "processes")):
            value, integer = getattr(limits, name), name != "cpus"
            if not is_within(value, bounds, integer=integer):
                message = f"the limits of {process.name} have {name}={value!r}"
                yield Problem("LIMIT001", message, limits.where, f"{_between(bounds, integer=integer)} {unit}")


def rates_let_some_in(backend: Backend) -> Iterator[Problem]:
    """The rate limit of the gateway is above zero."""
    rate = backend.gateway.rate if backend.gateway else None
    for name in ("per_second", "burst") if rate else ():
        value = getattr(rate, name)
        if rate and not is_within(value, RATE):
            yield Problem("GATEWAY004", f"the rate has {name}={value!r}", rate.where, f"{_between(RATE)} requests")


def objects_expire_later(backend: Backend) -> Iterator[Problem]:
    """A bucket's objects stay for a day at least."""
    for process in backend.processes:
        for bucket in () if isinstance(process, Gateway) else process.resources:
            days = bucket.expire_days if isinstance(bucket, Bucket) else None
            if days is not None and not is_within(days, DAYS):
                mend = f"{_between(DAYS)}, or leave it out to keep objects for ever"
                message = f"a bucket of {process.name} has expire_days={days!r}"
                yield Problem("RESOURCE002", message, bucket.where, mend)


def timeouts_can_be_kept(backend: Backend) -> Iterator[Problem]:
    """The gateway waits for an answer, and not forever."""
    for service in backend.services:
        for route in service.routes:
            if not is_within(route.timeout, TIMEOUT, integer=False):
                mend = f"{_between(TIMEOUT, integer=False)} seconds"
                yield Problem("ROUTE005", f"{route} has timeout={route.timeout!r}", route.where, mend)


def requests_can_be_held(backend: Backend) -> Iterator[Problem]:
    """Request limits admit ordinary requests, and fit in the gateway's memory."""
    for service in backend.services:
        limits = service.request_limits
        for name, bounds in (("body", BODY), ("headers", HEADERS), ("header_bytes", HEADER_BYTES)):
            if not is_within(getattr(limits, name), bounds):
                message = f"the request limits of {service.name} have {name}={getattr(limits, name)!r}"
                unit = "headers" if name == "headers" else "bytes"
                yield Problem("LIMIT002", message, limits.where, f"{_between(bounds)} {unit}")


def starts_get_time(backend: Backend) -> Iterator[Problem]:
    """A start may take some time, and ends."""
    for service in backend.services:
        period = service.health.start_period
        if not is_within(period, START_PERIOD, integer=False):
            message = f"the health of {service.name} has start_period={period!r}"
            yield Problem(
                "HEALTH003", message, service.health.where, f"{_between(START_PERIOD, integer=False)} seconds"
            )


def bodies_are_sizes(backend: Backend) -> Iterator[Problem]:
    """A body limit is a valid size; a WebSocket has none."""
    for service in backend.services:
        for route in service.routes:
            try:
                wrong = route.max_body is not None and not is_within(route.max_body, UPLOAD)
            except ValueError:
                wrong = True
            if wrong:
                yield Problem(
                    "ROUTE008",
                    f"{route} has body={route.body!r}",
                    route.where,
                    "write a number of bytes, or a size such as 50MiB",
                )
            elif route.websocket and (route.method != "GET" or route.body is not None or route.streams):
                message = f"{route} accepts WebSockets, but is not a plain GET"
                yield Problem(
                    "ROUTE008",
                    message,
                    route.where,
                    'write Route.public("GET", path, websocket=True), without other options',
                )


RULES = (
    replicas_can_run,
    limits_leave_something,
    rates_let_some_in,
    objects_expire_later,
    timeouts_can_be_kept,
    requests_can_be_held,
    starts_get_time,
    bodies_are_sizes,
)
