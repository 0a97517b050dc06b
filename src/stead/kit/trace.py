"""Trace: the ids of a request and of its trace (W3C Trace Context, level 1).

Each request has one `Trace`, kept in a context variable: log lines show it, and calls to other services pass it on. The
span id of a service is created here, so that log lines have trace ids even without an exporter. An id is no secret, so
a plain random generator is used: the system's costs 5 µs each.
"""

import random
import re
from contextvars import ContextVar

import msgspec

REQUEST_ID = b"x-request-id"
TRACEPARENT = b"traceparent"

_PARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_NO_TRACE, _NO_SPAN = b"0" * 32, b"0" * 16


class Trace(msgspec.Struct, frozen=True):
    """`parent` is the caller's span, empty when the trace begins here; ids are hexadecimal as in `traceparent`."""

    request_id: str
    trace_id: str
    span_id: str
    parent: str = ""
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        """The header of calls during this request."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def child(self) -> "Trace":
        """Return a span below this one."""
        return Trace(self.request_id, self.trace_id, _id(64), self.span_id, self.flags)


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """Return the trace of the current request; None outside of a request."""
    return _current.get()


def begin(request_id: bytes | None, traceparent: bytes | None) -> Trace:
    """Create the trace of a request from its headers, and set it as the current one."""
    trace_id, parent, flags = _parent(traceparent) or (_id(128), "", "01")
    trace = Trace(_request_id(request_id), trace_id, _id(64), parent, flags)
    _current.set(trace)
    return trace


def _request_id(value: bytes | None) -> str:
    if value and _ID.fullmatch(value):
        return value.decode("ascii")
    return _id(128)


def _id(bits: int) -> str:
    """Return a random number that is not zero, which would be no id."""
    return f"{random.getrandbits(bits) | 1:0{bits // 4}x}"


def _parent(value: bytes | None) -> tuple[str, str, str] | None:
    """Read `traceparent`; what is malformed counts as absent, as the recommendation says."""
    found = _PARENT.fullmatch(value) if value else None
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == b"ff" or (version == b"00" and more) or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return trace_id.decode(), span_id.decode(), flags.decode()
