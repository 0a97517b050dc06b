"""User provisioning: the backend's own users service makes users; this asks it, and recognises its outage.

Only what that service judges (409, 410, 422) is its answer. Whatever else it says, a 404 of a service that is not the
one it is taken for included, means that nobody can tell now.
"""

import logging

from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused, CallUnavailable
from stead.services.auth.contract import Ensure, Ensured, UsersClient

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 1.5  # for all tries together: less than the two seconds that a caller has
REJECTIONS = (409, 410, 422)


class UserProvisioning:
    """The users service, asked for those who ask this one."""

    def __init__(self, users: UsersClient) -> None:
        self._users = users

    async def ensure(self, person: Ensure) -> Ensured:
        """Have a user made; Refusal 503 `users_unavailable` when nobody can tell whether that was done."""
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
    return HttpProblem(503, "users_unavailable", "Users cannot be ensured now.", headers={"Retry-After": seconds})
