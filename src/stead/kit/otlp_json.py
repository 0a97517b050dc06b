"""OTLP as JSON: finished spans are sent over HTTP without the SDK, a few times a second, from a thread of their own.

`OTEL_EXPORTER_OTLP_PROTOCOL=http/json` chooses it, as the specification of OpenTelemetry names it; the SDK for Python
has no exporter of that kind. `stead up` chooses it for its console: the SDK needs 200 ms of CPU at the start of each
service. A missing collector is logged once, and spans are then dropped.
"""

import atexit
import http.client
import logging
import threading
from collections import deque
from urllib.parse import urlsplit

import msgspec

PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL"
HTTP_JSON = "http/json"
PERIOD = 0.3  # seconds between two requests to the collector
LIMIT = 4096  # spans that wait to be sent; older ones are dropped
TIMEOUT = 2.0  # seconds of one request

SERVER, CLIENT, CONSUMER = 2, 3, 5  # SpanKind of opentelemetry/proto/trace/v1/trace.proto
ERROR = 2  # StatusCode

logger = logging.getLogger(__name__)


class Value(msgspec.Struct, rename="camel", omit_defaults=True):
    """AnyValue: one of these is set. An integer is text, as 64 bits are in the JSON of protobuf."""

    string_value: str | None = None
    int_value: str | None = None


class Attribute(msgspec.Struct):
    key: str
    value: Value


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    code: int = 0
    message: str = ""


class Span(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """A finished span; times are nanoseconds since 1970, as text."""

    trace_id: str
    span_id: str
    parent_span_id: str = ""
    name: str
    kind: int
    start_time_unix_nano: str
    end_time_unix_nano: str
    attributes: list[Attribute] = []
    status: Status = Status()


def attributes(values: dict[str, str | int]) -> list[Attribute]:
    """Return attributes as OTLP has them."""
    return [
        Attribute(key, Value(int_value=str(value)) if isinstance(value, int) else Value(string_value=value))
        for key, value in values.items()
    ]


class SpanSender:
    """Sends the spans of one service; `add` only appends, so it never makes a request wait."""

    def __init__(self, service: str, endpoint: str) -> None:
        self._url = urlsplit(f"{endpoint.rstrip('/')}/v1/traces")
        self._resource = {"attributes": attributes({"service.name": service})}
        self._spans: deque[Span] = deque(maxlen=LIMIT)
        self._wake = threading.Event()
        self._failed = False
        threading.Thread(target=self._loop, name="spans", daemon=True).start()
        atexit.register(self.flush)

    def add(self, span: Span) -> None:
        self._spans.append(span)
        if len(self._spans) == 1:
            self._wake.set()

    def flush(self) -> None:
        """Send what waits."""
        spans = [self._spans.popleft() for _ in range(len(self._spans))]
        if not spans:
            return
        scopes = [{"scope": {"name": "stead"}, "spans": spans}]
        body = msgspec.json.encode({"resourceSpans": [{"resource": self._resource, "scopeSpans": scopes}]})
        try:
            self._post(body)
        except (OSError, http.client.HTTPException) as error:
            if not self._failed:
                logger.info("spans are dropped: the collector does not answer", extra={"error": str(error)})
            self._failed = True

    def _loop(self) -> None:
        pause = threading.Event()
        while self._wake.wait():
            self._wake.clear()
            pause.wait(PERIOD)  # what is finished meanwhile goes with it
            self.flush()

    def _post(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port or 80, timeout=TIMEOUT)
        try:
            connection.request("POST", self._url.path, body, {"content-type": "application/json"})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status >= 300:
            raise http.client.HTTPException(f"it answered {status}")
        self._failed = False
