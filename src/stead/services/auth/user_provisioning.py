"""User provisioning: requests to the backend's own users service, with detection of its outage.

Only 409, 410 and 422 are decisions of that service. Any other status, also a 404 of a wrong service, means that the
outcome is unknown.
"""

import logging

from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused, CallUnavailable
from stead.services.auth.contract import Ensure, Ensured, UsersClient

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 1.5  # for all tries together: less than the two seconds that a caller has
REJECTIONS = (409, 410, 422)


class UserProvisioning:
    """The client of the users service."""

    def __init__(self, users: UsersClient) -> None:
        self._users = users

    async def ensure(self, person: Ensure) -> Ensured:
        """Provision a user; 503 `users_unavailable` when the outcome is unknown."""
        try:
            return await self._users.ensure(person)
        except CallUnavailable as error:
            logger.warning("no user can be provisioned: %s", error)
            raise _unavailable() from None
        except CallRefused as refused:
            if refused.status in REJECTIONS and not refused.passing:
                raise HttpProblem(refused.status, refused.code, refused.detail) from None
            logger.warning("no user can be provisioned: %s", refused)
            raise _unavailable(refused.retry_after) from None


def _unavailable(wait: float | None = None) -> HttpProblem:
    seconds = str(max(1, int(wait or 1)))
    return HttpProblem(503, "users_unavailable", "Users cannot be provisioned now.", headers={"Retry-After": seconds})
