"""Owners: the permission to add files to an event or proofs to a payment, from the other services."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from stead.kit.http_problem import HttpProblem
from stead.kit.service_client import CallRefused
from stead.kit.user import User
from stead.services.events.contract import EventsClient
from stead.services.payments.contract import PaymentsClient

K = TypeVar("K")
T = TypeVar("T")


class Owners:
    """Looks up owners in other services; without such a service, only admins are permitted."""

    def __init__(self, events: EventsClient | None, payments: PaymentsClient | None) -> None:
        self._events = events
        self._payments = payments

    async def check(self, kind: str, id: str, user: User) -> None:
        """Refuse a user who is not the owner with 403."""
        if "admin" in user.roles:
            return
        allowed = {"event": self._event, "organizer": self._organizer, "payment_proof": self._payment}[kind]
        if not await allowed(id, user):
            raise HttpProblem(403, "not_owner", f"This {kind.replace('_', ' ')} is not yours.")

    async def _event(self, id: str, user: User) -> bool:
        if self._events is None:
            return False
        state = await _known(self._events.event, _uuid(id))
        return state is not None and state.owner == user.id

    async def _organizer(self, id: str, user: User) -> bool:
        if self._events is None:
            return False
        state = await _known(self._events.organizer, id)
        return state is not None and state.owner == user.id

    async def _payment(self, id: str, user: User) -> bool:
        if self._payments is None:
            return False
        state = await _known(self._payments.payment, _uuid(id))
        return state is not None and user.id in (state.user_id, state.owner)


async def _known(find: Callable[[K], Awaitable[T]], id: K | None) -> T | None:
    """Return a service's record; None for an unknown id."""
    if id is None:
        return None
    try:
        return await find(id)
    except CallRefused as refused:
        if refused.status != 404 or refused.passing:
            raise
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
