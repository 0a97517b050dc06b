"""One request of gRPC's health checking protocol as bytes, for probes that can only open a connection.

A client of gRPC is some 10 MB in each language, and a probe needs one answer. The request is the same every time, so it
is written here once: HTTP/2 with prior knowledge (RFC 9113 section 3.3), no compression of headers, an empty message.
"""

from stead.model.health import GRPC_HEALTH

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, END_HEADERS = 1, 4
EMPTY = bytes(5)  # a message without a byte, not compressed: the request names no service, and means the whole program
# Two bytes, not compressed: field 1 of HealthCheckResponse, the status, is 1, which is SERVING.
SERVING = b"\x00\x00\x00\x00\x02\x08\x01"


def request() -> bytes:
    """Return all that a client sends."""
    headers = _frame(HEADERS, END_HEADERS, 1, _fields())
    return PREFACE + _frame(SETTINGS, 0, 0, b"") + headers + _frame(DATA, END_STREAM, 1, EMPTY)


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _fields() -> bytes:
    """Return the header block (RFC 7541): indexed fields where the static table has them, else literals."""
    post, http, path, authority, content_type = b"\x83", b"\x86", b"\x04", b"\x01", b"\x0f\x10"
    return b"".join(
        (
            post,
            http,
            path + _text(GRPC_HEALTH),
            authority + _text("localhost"),
            content_type + _text("application/grpc"),
            b"\x00" + _text("te") + _text("trailers"),
        )
    )


def _text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()
