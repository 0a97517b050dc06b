"""OTLP over HTTP: the spans of a request's body, of protobuf or of JSON, as rows.

opentelemetry/proto/trace/v1/trace.proto has the meaning of the fields; in JSON an id is hexadecimal, and an integer of
64 bits may be a text.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from stead.model.health import PATHS

LONGEST = 8 * 1_048_576  # bytes of one body, unpacked
TEXT = 2048  # characters of a name or an attribute's value
ATTRIBUTES = 64  # of one span
KINDS = {"SPAN_KIND_INTERNAL": 1, "SPAN_KIND_SERVER": 2, "SPAN_KIND_CLIENT": 3, "SPAN_KIND_PRODUCER": 4, "SPAN_KIND_CONSUMER": 5}  # fmt: skip  # noqa: E501
STATUS_NAMES = ("http.response.status_code", "http.status_code")
ERROR = 2  # StatusCode
UNREADABLE = (
    msgspec.MsgspecError, AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError,
)  # fmt: skip
HEX = frozenset("0123456789abcdefABCDEF")

Values = dict[str, Any]

_encode = msgspec.json.Encoder().encode


class Span(NamedTuple):
    """A row of the table `spans`; `start` and `duration` in microseconds, `attributes` a JSON object."""

    trace: str
    span: str
    parent: str
    service: str
    name: str
    kind: int
    start: int
    duration: int
    status: int
    error: int
    attributes: str
    events: str


def is_probe(span: Span) -> bool:
    """Tell whether a span is of a health check that went well: there is one every two seconds, and it says nothing."""
    return span.status < 400 and not span.error and span.name.partition(" ")[2] in PATHS


class OtlpError(Exception):
    """A body that is not OTLP; its text is the answer."""


def spans(body: bytes, media: str, encoding: str) -> list[Span]:
    """Return the spans of an export request; OtlpError when it cannot be read."""
    body = _unpacked(body, encoding)
    if media.startswith("application/json"):
        return list(_of_json(body))
    if media.startswith("application/x-protobuf"):
        return list(_of_protobuf(body))
    raise OtlpError(f"{media or 'no content type'} is neither application/x-protobuf nor application/json")


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise OtlpError(f"the content encoding {encoding} is not gzip")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(body, LONGEST)
    except zlib.error as error:
        raise OtlpError(f"the body is not gzip: {error}") from None
    if unpacker.unconsumed_tail:
        raise OtlpError(f"the body is longer than {LONGEST} bytes")
    return found


def _of_protobuf(body: bytes) -> Iterator[Span]:
    messages = import_module("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    failed: Any = import_module("google.protobuf.message").DecodeError
    try:
        request = messages.ExportTraceServiceRequest.FromString(body)
    except failed as error:
        raise OtlpError(f"the body is not an ExportTraceServiceRequest: {error}") from None
    for resource in request.resource_spans:
        service = _protobuf_values(resource.resource.attributes).get("service.name")
        for scope in resource.scope_spans:
            for each in scope.spans:
                events = [
                    (event.time_unix_nano, event.name, _protobuf_values(event.attributes)) for event in each.events
                ]
                yield _row(
                    each.trace_id.hex(), each.span_id.hex(), each.parent_span_id.hex(), service, each.name, each.kind,
                    each.start_time_unix_nano, each.end_time_unix_nano, each.status.code,
                    _protobuf_values(each.attributes), events,
                )  # fmt: skip


def _protobuf_values(attributes: Iterable[Any]) -> Values:
    found: Values = {}
    for each in attributes:
        kind = each.value.WhichOneof("value")
        value = getattr(each.value, kind) if kind else None
        found[each.key] = value if isinstance(value, str | int | float | bool | None) else str(value)
    return found


def _of_json(body: bytes) -> Iterator[Span]:
    try:
        request = msgspec.json.decode(body)
        for resource in request.get("resourceSpans", ()):
            service = _json_values(resource.get("resource", {}).get("attributes", ())).get("service.name")
            for scope in resource.get("scopeSpans", ()):
                for each in scope.get("spans", ()):
                    yield _of_json_span(each, service)
    except UNREADABLE as error:
        raise OtlpError(f"the body is not OTLP in JSON: {type(error).__name__}: {error}"[:200]) from None


def _of_json_span(each: Mapping[str, Any], service: object) -> Span:
    kind = each.get("kind", 0)
    events = [
        (_time(event.get("timeUnixNano", 0)), event.get("name", ""), _json_values(event.get("attributes", ())))
        for event in each.get("events", ())
    ]
    return _row(
        _hex(each["traceId"], 32), _hex(each["spanId"], 16), _hex(each.get("parentSpanId") or "", 16), service,
        each.get("name", ""), KINDS[kind] if isinstance(kind, str) else int(kind), _time(each["startTimeUnixNano"]),
        _time(each["endTimeUnixNano"]), each.get("status", {}).get("code", 0), _json_values(each.get("attributes", ())),
        events,
    )  # fmt: skip


def _time(value: str | int) -> int:
    """Return nanoseconds since 1970; a ValueError for what no 64 bits hold, which no file takes either."""
    if not 0 <= (time := int(value)) < 2**64:
        raise ValueError(f"{str(value)[:40]} is not a time in nanoseconds since 1970")
    return time


def _hex(text: str, length: int) -> str:
    if text and (len(text) != length or not HEX.issuperset(text)):
        raise ValueError(f"{text[:40]!r} is not an id of {length} hexadecimal digits")
    return text.lower()


def _json_values(attributes: Iterable[Mapping[str, Any]]) -> Values:
    return {str(each["key"]): _json_value(each.get("value", {})) for each in attributes}


def _json_value(value: Mapping[str, Any]) -> Any:
    for kind, inner in value.items():
        if kind == "intValue":
            return int(inner)
        return inner if isinstance(inner, str | int | float | bool) else _encode(inner).decode()
    return None


def _row(
    trace: str, span: str, parent: str, service: object, name: object, kind: int, start: int, end: int, code: object,
    values: Values, events: list[tuple[int, str, Values]],
) -> Span:  # fmt: skip
    bounded = {str(key)[:200]: _bounded(value) for key, value in list(values.items())[:ATTRIBUTES]}
    status = _status(values)
    noted = [{"time": at // 1000, "name": str(what)[:TEXT], **_texts(more)} for at, what, more in events[:ATTRIBUTES]]
    failed = status >= 500 or (code in (ERROR, "STATUS_CODE_ERROR") and not 400 <= status < 500)  # 4xx: the client's
    return Span(
        trace, span, parent, str(service or "unknown")[:200], _name(str(name), values)[:TEXT], max(0, min(kind, 5)),
        start // 1000, max(0, end - start) // 1000, status, int(failed), _encode(bounded).decode(errors="replace"),
        _encode(noted).decode(errors="replace") if noted else "",
    )  # fmt: skip


def _name(name: str, values: Values) -> str:
    """Return a span's name; that of Envoy's says only that a request came in, so it is what was asked for."""
    if name == "ingress" and "http.method" in values:
        return f"{values['http.method']} {urlsplit(str(values.get('http.url', ''))).path}"
    return name


def _status(values: Values) -> int:
    for name in STATUS_NAMES:
        text = str(values.get(name, ""))
        if text.isdecimal() and len(text) == 3:
            return int(text)
    return 0


def _texts(values: Values) -> dict[str, str]:
    return {str(key): str(value)[:TEXT] for key, value in values.items()}


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)[:TEXT]
    return value[:TEXT] if isinstance(value, str) else value
