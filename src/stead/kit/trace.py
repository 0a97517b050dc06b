"""Trace: which request this is, and of which trace it is a part (W3C Trace Context, level 1).

Each request has one `Trace`, kept in a context variable: log lines show it, and calls to other services pass it on. The
span of a service is made here, so that a log line can be found by the trace even where nothing exports spans.
"""

import random
import string
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

REQUEST_ID = b"x-request-id"
TRACEPARENT = b"traceparent"

_HEX = frozenset("0123456789abcdef")
_ID = frozenset((string.ascii_letters + string.digits + "-_.:/+=@").encode())
_LONGEST_ID = 128


@dataclass(frozen=True, slots=True)
class Trace:
    """`parent` is the caller's span, empty when the trace begins here; ids are hexadecimal as in `traceparent`."""

    request_id: str
    trace_id: str
    span_id: str
    parent: str = ""
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        """The header that a call made during this request carries."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """Return the trace of the request that is being answered; None outside of any."""
    return _current.get()


def begin(request_id: bytes | None, traceparent: bytes | None) -> Trace:
    """Make the trace of a request from its headers, and make it the current one."""
    parts = _parent(traceparent)
    span = f"{random.getrandbits(64) | 1:016x}"
    name = _request_id(request_id)
    trace = Trace(name, parts[0], span, parts[1], parts[2]) if parts else Trace(name, uuid4().hex, span)
    _current.set(trace)
    return trace


def _request_id(value: bytes | None) -> str:
    if value and len(value) <= _LONGEST_ID and _ID.issuperset(value):
        return value.decode("ascii")
    return str(uuid4())


def _parent(value: bytes | None) -> tuple[str, str, str] | None:
    """Read `traceparent`; what is malformed counts as absent, as the recommendation says."""
    if value is None or len(value) < 55:
        return None
    parts = value.decode("latin-1").split("-")
    if len(parts) < 4 or (parts[0] == "00" and len(parts) != 4) or parts[0] == "ff":
        return None
    version, trace_id, span_id, flags = parts[:4]
    if [len(version), len(trace_id), len(span_id), len(flags)] != [2, 32, 16, 2]:
        return None
    if not _HEX.issuperset(version + trace_id + span_id + flags) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return trace_id, span_id, flags
