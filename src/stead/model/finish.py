"""The time in which a stopping process completes its open requests: one rule for every target."""

import math
from collections.abc import Iterable

from stead.model.route import Route

FINISH = "FINISH_SECONDS"  # the variable in which an app is told, where it is more than usual
USUAL = 10  # seconds
LONGEST = 300  # seconds: a stream that never falls silent would hold every rollout for an hour
SPARE = 5  # seconds for a process to close its connections after its last answer


def finish(routes: Iterable[Route]) -> int:
    """Return the seconds in which the slowest of these routes answers, at least 10 and at most 300.

    A stream does not end by itself; it is closed after the idle time in its `timeout`.
    """
    return min(max([USUAL, *(math.ceil(route.timeout) for route in routes)]), LONGEST)


def stop_period(routes: Iterable[Route]) -> int:
    """Return the seconds after which a stopping process is killed."""
    return finish(routes) + SPARE
