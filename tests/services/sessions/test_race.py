"""Ending all of a user's sessions races whatever is under way, a thousand times: nothing that was ended comes back."""

import asyncio
import random
from datetime import timedelta

from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.live_setting import LiveSetting
from stead.services.sessions import rules
from stead.services.sessions.contract import Access, Issued, NewSession
from stead.services.sessions.keys import EnvironmentKeys
from stead.services.sessions.sessions import Sessions, Tokens

TRIES = 1000
AT_ONCE = 16  # each is four requests; more would only wait for connections, and be refused
LIMITS = rules.Limits(timedelta(minutes=1), timedelta(minutes=2), timedelta(seconds=10))
TOKENS = Tokens("sessions", "api", timedelta(minutes=1), 604_800)
ONCE = IdempotencyKey(None, "game", b"")


async def _may_be_refused(step, within):
    await asyncio.sleep(random.uniform(0, within))
    try:
        return await step
    except HttpProblem as refusal:
        assert refusal.code == "session_invalid"
        return None


async def _refused(service, session):
    try:
        await service.verify(session)
    except HttpProblem as refusal:
        return refusal.code == "session_invalid"
    return False


async def _try(service, number):
    """Race ending all against rotation and exchange; return whether the rotation came first."""
    user = f"user_{number}"
    issued, _ = await service.create(NewSession(user, "telegram"), ONCE)
    rotated, access, again, _ = await asyncio.gather(
        _may_be_refused(service.rotate(issued.session), 0.002),
        _may_be_refused(service.exchange(issued.session), 0.002),
        _may_be_refused(service.rotate(issued.session), 0.002),
        _may_be_refused(service.end_all(user), 0.05),
    )
    known = {issued.session} | {each.session for each in (rotated, again) if isinstance(each, Issued)}
    assert len(known) <= 2
    assert all([await _refused(service, each) for each in known])
    assert not await service.of_user(user)
    assert access is None or isinstance(access, Access)
    return rotated is not None


async def test_nothing_that_was_ended_comes_back(store):
    async with store() as opened:
        service = Sessions(opened, EnvironmentKeys(LiveSetting("SESSION_SIGNING_KEY", "k" * 32)), LIMITS, TOKENS)
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(number):
            async with limit:
                return await _try(service, number)

        first = await asyncio.gather(*(one(number) for number in range(TRIES)))
        assert 0 < sum(first) < TRIES  # both orders were seen
