"""Whatever is sent as a body: an answer of the declared kinds, and never a 500."""

import asyncio
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from kit.orders import Order
from stead.kit.body import form_decoder, json_decoder, read_body
from stead.kit.http_problem import HttpProblem

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "lines", "amount", "note", "x"]), inner),
    max_leaves=12,
)
decode, decode_form = json_decoder(Order), form_decoder(Order)


def outcome(body, decoder=decode):
    try:
        return decoder(body), None
    except HttpProblem as refusal:
        assert refusal.status in (400, 422)
        assert refusal.status == 400 or refusal.extra["errors"]
        return None, refusal


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_any_json(value):
    made, refusal = outcome(json.dumps(value, allow_nan=False, default=str).encode() if _finite(value) else b"NaN")
    assert (made is None) != (refusal is None)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes(body):
    outcome(body)
    outcome(body, decode_form)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_a_body_in_pieces_is_the_same_body(pieces):
    waiting = [
        {"type": "http.request", "body": piece, "more_body": n < len(pieces)} for n, piece in enumerate(pieces, 1)
    ]

    async def receive():
        return waiting.pop(0)

    assert asyncio.run(read_body(receive)) == b"".join(pieces)


def _finite(value):
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True
