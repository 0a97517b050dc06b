"""How a story asks: again after what a good client asks again, with the same key."""

import httpx2
import pytest

from stead.ops.story_context import Person, StoryError


async def asked(answers, **how):
    """Ask a gateway that gives these answers in turn; return the keys that it saw."""
    keys, left = [], iter(answers)

    def answer(request):
        keys.append(request.headers["Idempotency-Key"])
        status, body = next(left)
        return httpx2.Response(status, json=body)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer), base_url="http://gateway") as client:
        await Person(client, {}, 5.0).post("/v1/tokens", {"name": "script"}, **how)
    return keys


async def test_a_write_whose_first_try_is_still_at_work_is_asked_again_with_the_same_key():
    keys = await asked([(503, {}), (409, {"code": "idempotency_in_flight"}), (201, {})])
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_another_conflict_ends_the_story():
    with pytest.raises(StoryError, match="answered 409, not 201"):
        await asked([(409, {"code": "sold_out"}), (201, {})])


async def test_where_two_statuses_are_right_both_are_taken_and_a_third_is_named_beside_them():
    assert len(await asked([(502, {}), (200, {})], expect=(201, 200))) == 2
    with pytest.raises(StoryError, match="answered 202, not 201 or 200"):
        await asked([(202, {})], expect=(201, 200))
