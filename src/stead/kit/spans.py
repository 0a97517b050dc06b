"""Spans: OpenTelemetry spans of each request, and of the queries, calls and deliveries within it, if a collector is
set.

The SDK, of the extra `telemetry`, is imported only when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The spans have the ids of
`trace`, which are also in log lines. The SDK reads its other `OTEL_…` settings itself. With
`OTEL_EXPORTER_OTLP_PROTOCOL=http/json`, which it does not know, they are sent without it.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import msgspec

from stead.kit.otlp_json import ERROR, HTTP_JSON, PROTOCOL, Span, SpanSender, Status, attributes
from stead.kit.trace import Trace
from stead.model.gateway import TRACES

logger = logging.getLogger(__name__)


class Finished(msgspec.Struct, frozen=True):
    """A finished span: its ids, its name, its kind by OTLP's number, its duration."""

    about: Trace
    name: str
    kind: int
    seconds: float
    attributes: dict[str, str | int]
    failed: bool = False


Export = Callable[[Finished], None]


@runtime_checkable
class Traced(Protocol):
    """A part that has spans of its own; it is given an exporter before it is opened, where spans are collected."""

    export: Export | None


def exporter(service: str, endpoint: str | None) -> Export | None:
    """Return the receiver of finished spans; None without a collector."""
    if not endpoint:
        return None
    if os.environ.get(PROTOCOL) == HTTP_JSON:
        return export_as_json(SpanSender(service, endpoint))
    try:
        return export_by(provider(service, endpoint))
    except ImportError:
        logger.warning("%s is set, but spans are not exported: install stead[telemetry]", TRACES.name)
        return None


def give(export: Export | None, parts: Iterable[object]) -> None:
    """Give the exporter to the parts that have spans of their own."""
    for part in parts:
        if isinstance(part, Traced):
            part.export = export


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
    """Return a receiver that passes finished spans to a tracer provider."""
    api = import_module("opentelemetry.trace")
    tracer = tracers.get_tracer("stead")

    def export(done: Finished) -> None:
        end = time.time_ns()
        tracers.id_generator.about = done.about
        span = tracer.start_span(
            done.name,
            _parent(api, done.about),
            api.SpanKind(done.kind - 1),  # the API counts from 0, OTLP from 1
            done.attributes,
            start_time=end - int(done.seconds * 1e9),
        )
        if done.failed:
            span.set_status(api.Status(api.StatusCode.ERROR))
        span.end(end)

    return export


def export_as_json(sender: SpanSender) -> Export:
    """Return a receiver that passes finished spans to a sender."""

    def export(done: Finished) -> None:
        end = time.time_ns()
        sender.add(
            Span(
                trace_id=done.about.trace_id,
                span_id=done.about.span_id,
                parent_span_id=done.about.parent,
                name=done.name,
                kind=done.kind,
                start_time_unix_nano=str(end - int(done.seconds * 1e9)),
                end_time_unix_nano=str(end),
                attributes=attributes(done.attributes),
                status=Status(ERROR if done.failed else 0),
            )
        )

    return export


def _parent(api: Any, about: Trace) -> Any:
    if not about.parent:
        return None
    flags = api.TraceFlags(int(about.flags, 16))
    parent = api.SpanContext(int(about.trace_id, 16), int(about.parent, 16), is_remote=True, trace_flags=flags)
    return api.set_span_in_context(api.NonRecordingSpan(parent))


class _Ids:
    """The SDK's `IdGenerator`: a span gets the ids of the span that has just finished."""

    about: Trace

    def generate_span_id(self) -> int:
        return int(self.about.span_id, 16)

    def generate_trace_id(self) -> int:
        return int(self.about.trace_id, 16)

    def is_trace_id_random(self) -> bool:
        return True
