"""Spans: each request as an OpenTelemetry span, where somebody collects them.

Only when `OTEL_EXPORTER_OTLP_ENDPOINT` is set is the SDK imported, which the `telemetry` extra installs. The spans have
the ids that `trace` made, so a log line and a span find each other. The SDK reads its other `OTEL_…` settings itself.
"""

import logging
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from stead.kit import trace
from stead.kit.trace import Trace
from stead.model.gateway import TRACES

logger = logging.getLogger(__name__)

Export = Callable[[Trace, str, str, int, float], None]


def exporter(service: str, endpoint: str | None) -> Export | None:
    """Return what takes a request's trace, method, route, status and seconds; None where nobody collects spans."""
    if not endpoint:
        return None
    try:
        return export_by(provider(service, endpoint))
    except ImportError:
        logger.warning("%s is set, but spans are not exported: install stead[telemetry]", TRACES.name)
        return None


def provider(service: str, endpoint: str) -> Any:
    """Return a tracer provider of the SDK's: it sends spans in batches, from a thread of its own."""
    sdk = import_module("opentelemetry.sdk.trace")
    otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    resource = import_module("opentelemetry.sdk.resources").Resource.create({"service.name": service})
    made = sdk.TracerProvider(resource=resource, id_generator=_Ids())
    made.add_span_processor(
        import_module("opentelemetry.sdk.trace.export").BatchSpanProcessor(
            otlp.OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
        )
    )
    return made


def export_by(tracers: Any) -> Export:
    """Return what hands finished requests to a tracer provider."""
    api = import_module("opentelemetry.trace")
    tracer = tracers.get_tracer("stead")

    def export(about: Trace, method: str, route: str, status: int, seconds: float) -> None:
        said = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        end = time.time_ns()
        span = tracer.start_span(
            f"{method} {route}",
            _parent(api, about),
            api.SpanKind.SERVER,
            said,
            start_time=end - int(seconds * 1e9),
        )
        if status >= 500 or status == 0:
            span.set_status(api.Status(api.StatusCode.ERROR))
        span.end(end)

    return export


def _parent(api: Any, about: Trace) -> Any:
    if not about.parent:
        return None
    flags = api.TraceFlags(int(about.flags, 16))
    seen = api.SpanContext(int(about.trace_id, 16), int(about.parent, 16), is_remote=True, trace_flags=flags)
    return api.set_span_in_context(api.NonRecordingSpan(seen))


class _Ids:
    """The SDK's `IdGenerator`: spans get the ids of the request at hand."""

    def generate_span_id(self) -> int:
        return int(_now().span_id, 16)

    def generate_trace_id(self) -> int:
        return int(_now().trace_id, 16)

    def is_trace_id_random(self) -> bool:
        return True


def _now() -> Trace:
    about = trace.current()
    assert about is not None  # a span is made for the request at hand
    return about
