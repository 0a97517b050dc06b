"""The contract of a store: the same tests on Redis and on PostgreSQL."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from stead.services.sessions import rules
from stead.services.sessions.contract import NewSession, Session
from stead.services.sessions.store import Claim, Fresh, Replayed

SECOND = timedelta(seconds=1)
LIMITS = rules.Limits(idle=60 * SECOND, absolute=120 * SECOND, grace=10 * SECOND)
BRIEF = rules.Limits(idle=0.05 * SECOND, absolute=120 * SECOND, grace=10 * SECOND)
USER = NewSession("user_1", "telegram", roles=("editor", "host"), device="Ферма, Firefox")


def digest():
    return secrets.token_bytes(32)


def fresh(user="user_1", **more):
    return Fresh(rules.new_id(), digest(), msgspec.structs.replace(USER, user_id=user), **more)


async def begun(store, user="user_1", limits=LIMITS):
    """Make a session and return its digest and what is known of it."""
    made = fresh(user)
    await store.create(made, limits)
    return made.digest, (await store.find([made.digest]))[made.digest]


async def holds(store, *digests):
    known = await store.find(digests)
    return [each in known and rules.fault(known[each], LIMITS.grace) is None for each in digests]


async def test_what_was_made_is_found(store):
    async with store() as opened:
        made = fresh()
        session = await opened.create(made, LIMITS)
        found = (await opened.find([made.digest, digest()]))[made.digest]
        assert found.session == session
        assert (session.id, session.user_id, session.method) == (made.id, "user_1", "telegram")
        assert (session.roles, session.device) == (("editor", "host"), "Ферма, Firefox")
        assert session.expires_at - session.created_at == LIMITS.absolute
        assert session.idle_expires_at - session.used_at == LIMITS.idle
        assert (found.epoch, found.ended, found.retired_at, found.nonce) == (found.user_epoch, False, None, b"")
        assert rules.fault(found, LIMITS.grace) is None


async def test_a_plain_session_has_neither_roles_nor_a_device(store):
    async with store() as opened:
        made = Fresh(rules.new_id(), digest(), NewSession("user_1", "password"))
        session = await opened.create(made, LIMITS)
        assert (session.roles, session.device) == ((), None)


async def test_what_nobody_made_is_not_found(store):
    async with store() as opened:
        assert await opened.find([digest(), digest()]) == {}


async def test_the_clock_is_the_stores(store):
    async with store() as opened:
        now = await opened.now()
        _, found = await begun(opened)
        assert now.tzinfo is not None
        assert timedelta(0) <= found.now - now < SECOND
        assert abs(now - datetime.now(UTC)) < SECOND  # the same machine here


async def test_the_idle_limit_never_goes_beyond_the_absolute_one(store):
    async with store() as opened:
        short = rules.Limits(idle=60 * SECOND, absolute=SECOND, grace=SECOND)
        _, found = await begun(opened, limits=short)
        assert found.session.idle_expires_at == found.session.expires_at
        again = await opened.extend(found.session.id, short.idle)
        assert again.idle_expires_at == again.expires_at == found.session.expires_at


async def test_extending_begins_the_idle_time_anew(store):
    async with store() as opened:
        key, found = await begun(opened, limits=rules.Limits(SECOND, LIMITS.absolute, LIMITS.grace))
        session = await opened.extend(found.session.id, LIMITS.idle)
        assert session.idle_expires_at - session.used_at == LIMITS.idle
        assert session.used_at >= found.session.used_at
        assert session.expires_at == found.session.expires_at
        assert (await opened.find([key]))[key].session == session


async def test_an_idle_session_cannot_be_woken(store):
    async with store() as opened:
        key, found = await begun(opened, limits=BRIEF)
        await asyncio.sleep(0.06)
        assert rules.fault((await opened.find([key]))[key], LIMITS.grace) == "idle"
        assert await opened.extend(found.session.id, LIMITS.idle) is None
        assert await opened.rotate(found.session.id, key, digest(), b"n" * 32, LIMITS) is None
        assert await opened.of_user("user_1") == []
        assert await opened.owner(found.session.id) is None
        assert await opened.end(found.session.id) is False


async def test_rotation_retires_what_was_shown_and_keeps_the_session(store):
    async with store() as opened:
        old, found = await begun(opened)
        new, nonce = digest(), secrets.token_bytes(32)
        session = await opened.rotate(found.session.id, old, new, nonce, LIMITS)
        known = await opened.find([old, new])
        assert session.id == found.session.id
        assert session.expires_at == found.session.expires_at
        assert (known[new].retired_at, known[new].session) == (None, session)
        assert known[old].nonce == nonce
        assert abs(known[old].retired_at - session.used_at) < SECOND


async def test_only_the_latest_can_be_rotated(store):
    async with store() as opened:
        old, found = await begun(opened)
        new = digest()
        assert await opened.rotate(found.session.id, old, new, b"n" * 32, LIMITS)
        assert await opened.rotate(found.session.id, old, digest(), b"m" * 32, LIMITS) is None
        assert (await opened.find([old]))[old].nonce == b"n" * 32
        assert await opened.rotate(found.session.id, new, digest(), b"m" * 32, LIMITS)


async def test_of_many_rotations_at_once_one_wins(store):
    async with store() as opened:
        old, found = await begun(opened)
        tries = [opened.rotate(found.session.id, old, digest(), secrets.token_bytes(32), LIMITS) for _ in range(20)]
        assert sum(done is not None for done in await asyncio.gather(*tries)) == 1


async def test_one_session_is_ended(store):
    async with store() as opened:
        (one, found), (two, _) = await begun(opened), await begun(opened)
        assert await opened.end(found.session.id)
        assert await holds(opened, one, two) == [False, True]
        assert rules.fault((await opened.find([one]))[one], LIMITS.grace) == "ended"
        assert not await opened.end(found.session.id)
        assert await opened.extend(found.session.id, LIMITS.idle) is None


async def test_nobody_ends_the_session_of_another(store):
    async with store() as opened:
        key, found = await begun(opened)
        assert not await opened.end(found.session.id, "user_2")
        assert await holds(opened, key) == [True]
        assert await opened.end(found.session.id, "user_1")


async def test_all_sessions_of_a_user_are_ended_and_nobody_elses(store):
    async with store() as opened:
        mine = [(await begun(opened))[0] for _ in range(3)]
        (theirs, _) = await begun(opened, "user_2")
        await opened.end_all("user_1")
        assert await holds(opened, *mine, theirs) == [False, False, False, True]
        assert rules.fault((await opened.find(mine))[mine[0]], LIMITS.grace) == "ended with all others"
        assert await opened.of_user("user_1") == []
        again, _ = await begun(opened)
        assert await holds(opened, again, *mine) == [True, False, False, False]


async def test_all_others_are_ended(store):
    async with store() as opened:
        (one, _), (two, found), (three, _) = await begun(opened), await begun(opened), await begun(opened)
        await opened.end_all("user_1", found.session.id)
        assert await holds(opened, one, two, three) == [False, True, False]
        assert [each.id for each in await opened.of_user("user_1")] == [found.session.id]
        assert await opened.rotate(found.session.id, two, digest(), b"n" * 32, LIMITS)


@pytest.mark.parametrize("whose", ["ended", "another's", "unknown"])
async def test_only_a_session_of_the_user_that_holds_is_spared(store, whose):
    async with store() as opened:
        (one, found), (theirs, other) = await begun(opened), await begun(opened, "user_2")
        keep = {"ended": found.session.id, "another's": other.session.id, "unknown": "nobody"}[whose]
        if whose == "ended":
            await opened.end(keep)
        await opened.end_all("user_1", keep)
        assert await holds(opened, one, theirs) == [False, True]


async def test_what_ended_with_the_others_is_not_spared_later(store):
    async with store() as opened:
        key, found = await begun(opened)
        await opened.end_all("user_1")
        await opened.end_all("user_1", found.session.id)
        assert await holds(opened, key) == [False]


async def test_ending_all_of_somebody_without_sessions_changes_nothing(store):
    async with store() as opened:
        await opened.end_all("nobody")
        key, _ = await begun(opened, "nobody")
        assert await holds(opened, key) == [True]


async def test_a_users_sessions_are_listed_newest_first(store):
    async with store() as opened:
        made = []
        for _ in range(3):
            made.append((await begun(opened))[1].session.id)
            await asyncio.sleep(0.002)
        await begun(opened, "user_2")
        assert [each.id for each in await opened.of_user("user_1")] == made[::-1]
        assert await opened.of_user("nobody") == []


async def test_the_owner_of_a_session_that_holds(store):
    async with store() as opened:
        _, found = await begun(opened)
        assert await opened.owner(found.session.id) == "user_1"
        assert await opened.owner("nobody") is None
        await opened.end_all("user_1")
        assert await opened.owner(found.session.id) is None


async def test_a_claim_is_made_once(store):
    async with store() as opened:
        claim = Claim(digest(), digest())
        first, second = fresh(nonce=b"1" * 32, claim=claim), fresh(nonce=b"2" * 32, claim=claim)
        session = await opened.create(first, LIMITS)
        replayed = await opened.create(second, LIMITS)
        assert replayed == Replayed(claim.body, b"1" * 32, first.id, session.expires_at, session.idle_expires_at)
        assert await holds(opened, first.digest, second.digest) == [True, False]


async def test_of_many_with_one_claim_one_is_made(store):
    async with store() as opened:
        claim = Claim(digest(), digest())
        tries = [opened.create(fresh(nonce=secrets.token_bytes(32), claim=claim), LIMITS) for _ in range(8)]
        made = await asyncio.gather(*tries)
        sessions = [each for each in made if isinstance(each, Session)]
        assert len(sessions) == 1
        assert {each.id for each in made} == {sessions[0].id}


async def test_a_user_id_may_be_anything_that_can_be_printed(store):
    async with store() as opened:
        for user in ("a:b", "user_1:extra", "*", "Ганна", "a b"):
            key, found = await begun(opened, user)
            assert found.session.user_id == user
            await opened.end_all(user)
            assert await holds(opened, key) == [False]
