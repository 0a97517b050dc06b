"""Points: awards, reversals, balances and history."""

import logging
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, PathParameter, QueryParameter

from stead.kit.caller import Caller
from stead.kit.http_problem import HttpProblem
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
from stead.model.user_id import LONGEST, PATTERN
from stead.services.points.coalescer import Coalescer
from stead.services.points.contract import (
    Award,
    AwardBatch,
    Awarded,
    AwardResult,
    AwardResults,
    Balance,
    Entries,
    KeyedAward,
    Reversal,
    Reversed,
)
from stead.services.points.rules import DETAIL, STATUS, EntryId
from stead.services.points.store import Claim, Ledger, Outcome

logger = logging.getLogger(__name__)

REPLAYED = {"Idempotency-Replayed": "true"}

PathUser = Annotated[str, PathParameter(max_length=LONGEST, pattern=PATTERN)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
After = Annotated[str | None, QueryParameter(pattern=r"^[1-9][0-9]{0,17}-[1-9][0-9]{0,17}(?!\n)$")]


@post("/v1/awards")
async def award(data: Award, attempt: IdempotencyKey, coalescer: Coalescer) -> Response[Awarded]:
    """Award points to a user. An `Idempotency-Key` is required, so that a repetition is safe."""
    outcome = await coalescer.award(Claim(attempt.owner, _key(attempt), data))
    if STATUS[outcome.code] != 201:
        raise _refusal(outcome.code, outcome.wait)
    body = Awarded(str(outcome.entry), data.user_id, data.amount, outcome.balance)
    return Response(body, status_code=201, headers=REPLAYED if outcome.code == "replayed" else None)


@post("/v1/awards/batch", status_code=200)
async def award_batch(data: AwardBatch, caller: Caller, ledger: Ledger) -> AwardResults:
    """Award points to many, each with a key and a result of its own: one that is refused stops no other."""
    outcomes = await ledger.award([Claim(caller.name, item.key, item.award()) for item in data.awards])
    return AwardResults(tuple(_result(item, outcome) for item, outcome in zip(data.awards, outcomes, strict=True)))


@post("/v1/entries/{entry_id:str}/reversals")
async def reverse(
    entry_id: FromPath[str], data: Reversal, attempt: IdempotencyKey, ledger: Ledger
) -> Response[Reversed]:
    """Take back an award, or a part of it. The cap gets no room back."""
    key = _key(attempt)
    entry = EntryId.parse(entry_id)
    if entry is None:
        raise _refusal("entry_unknown")
    done = await ledger.reverse(attempt.owner, key, entry, data)
    if STATUS[done.code] != 201:
        raise _refusal(done.code)
    body = Reversed(str(done.entry), entry_id, done.user_id, done.amount, done.balance, done.remainder)
    return Response(body, status_code=201, headers=REPLAYED if done.code == "replayed" else None)


@get("/v1/users/{user_id:str}/balance")
async def balance_of(user_id: PathUser, ledger: Ledger) -> Balance:
    """Return a user's points, to another service."""
    return await ledger.balance(user_id)


@get("/v1/points/balance")
async def balance(user: User, ledger: Ledger) -> Balance:
    """Return my points."""
    return await ledger.balance(user.id)


@get("/v1/points/entries")
async def entries(user: User, ledger: Ledger, limit: Limit = 20, after: After = None) -> Entries:
    """List what moved my points, newest first."""
    return await ledger.entries(user.id, limit, EntryId.parse(after) if after else None)


HANDLERS = (award, award_batch, reverse, balance_of, balance, entries)


def _key(attempt: IdempotencyKey) -> str:
    if attempt.key is None:
        raise HttpProblem(400, "idempotency_key_required", "Send an Idempotency-Key, so that a repetition is safe.")
    return attempt.key


def _refusal(code: str, wait: int | None = None) -> HttpProblem:
    return HttpProblem(STATUS[code], code, DETAIL[code], headers={"Retry-After": str(wait)} if wait else {})


def _result(item: KeyedAward, outcome: Outcome | Exception) -> AwardResult:
    if isinstance(outcome, Exception):
        logger.error("an award of a batch failed", exc_info=outcome)
        return AwardResult(item.key, 500, replayed=False, code="internal")
    status = STATUS[outcome.code]
    if status != 201:
        return AwardResult(item.key, status, replayed=False, code=outcome.code, retry_after=outcome.wait)
    made = str(outcome.entry)
    return AwardResult(item.key, 201, replayed=outcome.code == "replayed", entry_id=made, balance=outcome.balance)
