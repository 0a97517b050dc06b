"""Traces: ids that come in, are made, and go on."""

import pytest

from stead.kit import trace

PARENT = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_trace_goes_on_with_a_span_of_its_own():
    about = trace.begin(b"request-1", PARENT)
    assert (about.request_id, about.trace_id) == ("request-1", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert (about.parent, about.flags) == ("00f067aa0ba902b7", "01")
    assert about.span_id not in (about.parent, "0" * 16)
    assert about.traceparent == f"00-{about.trace_id}-{about.span_id}-01"
    assert trace.current() is about


MALFORMED = [
    None,
    b"",
    b"00",
    PARENT.upper(),
    PARENT[:-1],
    PARENT + b"-x",
    PARENT.replace(b"00-", b"ff-", 1),
    b"00-" + b"0" * 32 + PARENT[35:],
    PARENT[:36] + b"0" * 16 + b"-01",
    PARENT.replace(b"b", b"z"),
]


@pytest.mark.parametrize("value", MALFORMED)
def test_a_malformed_parent_begins_a_trace(value):
    about = trace.begin(None, value)
    assert about.parent == ""
    assert about.trace_id != PARENT[3:35].decode()
    assert trace._PARENT.fullmatch(about.traceparent.encode())


def test_a_later_version_may_say_more():
    assert trace.begin(None, PARENT.replace(b"00-", b"01-", 1) + b"-more").parent == "00f067aa0ba902b7"


@pytest.mark.parametrize("value", [None, b"", b"a b", b"x" * 129, b"\xff", b'"}\n{"level":"fake'])
def test_a_request_id_that_cannot_be_logged_is_replaced(value):
    assert len(trace.begin(value, None).request_id) == 32
