"""Circuit breaker: after several consecutive failures no requests for a while; then one probe decides.

It reduces the load on a callee that is starting, and the wait of callers.
"""

import time
from collections.abc import Callable

FAILURES = 5  # in a row
REST = 1.0  # seconds


class CircuitBreaker:
    """Closed, open, or half open with one probe under way. Every `admit()` that is True is followed by an outcome."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until: float | None = None
        self._probing = False

    def admit(self) -> bool:
        """Return whether a request may go out now."""
        if self._until is None:
            return True
        if self._probing or self._clock() < self._until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        self._failures, self._until, self._probing = 0, None, False

    def failed(self) -> None:
        self._failures += 1
        self._probing = False
        if self._failures >= FAILURES:
            self._until = self._clock() + REST

    def unknown(self) -> None:
        """Note that a request was given up before anything was seen of it."""
        self._probing = False
