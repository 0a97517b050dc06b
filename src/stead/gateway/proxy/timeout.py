"""How long a call may take: as long as the slowest route for which it is declared."""

from collections.abc import Iterable

from stead.model import AnyService
from stead.model.call import FRONT
from stead.model.route import DEADLINE


def longest(callee: AnyService, operations: Iterable[str]) -> float:
    """Return the seconds that the slowest route may take among those for these operations."""
    wanted = set(operations)
    granted = [route for route in callee.routes if route.operation in wanted or FRONT in wanted]
    return max((route.timeout for route in granted), default=DEADLINE)
