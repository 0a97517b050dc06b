"""When a message that could not be delivered is tried again: soon, then ever more seldom, for days.

A refusal that the receiver will not take back ends it: the message stays in the table as failed, for someone to see.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import uniform

import msgspec
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from stead.kit.outbox.metrics import GIVEN_UP, RETRIED, OutboxMetrics
from stead.kit.service_client import CallRefused

FIRST = 1.0  # seconds
LONGEST = 60.0  # seconds; what a receiver itself asks for may be longer
ROUNDING = 0.01  # seconds
ATTEMPTS = 10_000  # about a week of them

logger = logging.getLogger(__name__)


class Final(Exception):  # noqa: N818 - said as it is meant: `raise Final("…")`
    """Raised by a handler for a permanent failure."""


def wait_before(error: BaseException, attempts: int) -> float | None:
    """Return the seconds until the next try, before jitter; None when there is to be none.

    attempts    how often it was tried before this time
    """
    if isinstance(error, (asyncio.CancelledError, JobAborted)):
        return 0.0  # the service stops; the next process goes on
    if isinstance(error, (Final, msgspec.ValidationError)) or attempts >= ATTEMPTS:
        return None
    wait = min(LONGEST, FIRST * 2.0 ** min(attempts, 30))
    if isinstance(error, CallRefused):
        return max(wait, error.retry_after or 0.0) if error.passing else None
    return wait


class OutboxRetry(BaseRetryStrategy):
    """The waits above, with jitter, so that what failed together does not come back together.

    wake_in     called with the seconds until the next try
    metrics     counts the outcome of each
    """

    def __init__(self, wake_in: Callable[[float], None], metrics: OutboxMetrics) -> None:
        self._wake_in = wake_in
        self._metrics = metrics

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        wait = wait_before(exception, job.attempts)
        about = {"message_name": job.task_name, "message_id": job.id, "attempts": job.attempts + 1}
        if wait is None:
            self._metrics.note(job.task_name, GIVEN_UP)
            logger.error("a message will never be delivered", extra={**about, "error": _error_text(exception)})
            return None
        wait *= uniform(1.0, 1.25)  # noqa: S311 - jitter, not a secret
        if wait:
            self._metrics.note(job.task_name, RETRIED)
            logger.warning("a message will be retried", extra={**about, "error": _error_text(exception), "wait": wait})
            self._wake_in(wait + ROUNDING)
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))


def _error_text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
