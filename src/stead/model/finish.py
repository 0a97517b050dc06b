"""How long a process that is told to end has for the requests that it has begun: one rule for every target."""

import math
from collections.abc import Iterable

from stead.model.route import Route

FINISH = "FINISH_SECONDS"  # the variable in which an app is told, where it is more than usual
USUAL = 10  # seconds
LONGEST = 300  # seconds: a stream that never falls silent would hold every rollout for an hour
SPARE = 5  # seconds for a process to close what it has open, after its last answer


def finish(routes: Iterable[Route]) -> int:
    """Return the seconds in which the slowest of these routes answers, at least 10 and at most 300.

    A stream has no end by itself; it gets the silence that its `timeout` says, and is closed then.
    """
    return min(max([USUAL, *(math.ceil(route.timeout) for route in routes)]), LONGEST)


def stop_period(routes: Iterable[Route]) -> int:
    """Return the seconds after which a process that was told to end is killed."""
    return finish(routes) + SPARE
