"""Spans, sent to a collector that listens here."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kit.asgi_client import ask
from stead.kit import spans
from stead.kit.metrics import Metrics
from stead.kit.observability import Observe
from stead.kit.otlp_json import SpanSender
from stead.kit.trace import Trace
from stead.model import Route

PARENT = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def inner(scope, _receive, send):
    scope["state"]["route"] = Route.public("GET", "/v1/events/{event_id}")
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def collector(monkeypatch):
    """What arrives at /v1/traces, as raw protobuf."""
    arrived = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_): ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        arrived_at = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        yield arrived, arrived_at
        server.shutdown()
        thread.join()


def test_without_a_collector_there_is_none():
    assert spans.exporter("points-service", None) is None


def test_without_the_extra_it_is_said(monkeypatch, caplog):
    monkeypatch.setattr(spans, "provider", lambda *_: __import__("no_such_module"))
    assert spans.exporter("points-service", "http://127.0.0.1:1") is None
    assert "install stead[telemetry]" in caplog.text


async def test_a_request_becomes_a_span_with_the_ids_of_its_log_lines(collector):
    pytest.importorskip("opentelemetry.sdk", reason="the telemetry extra is not installed")
    arrived, endpoint = collector
    provider = spans.provider("points-service", endpoint)
    seen = []
    export = spans.export_by(provider)

    def keep(done):
        seen.append(done.about)
        export(done)

    await ask(Observe(inner, Metrics(), keep), path="/v1/events/7", headers=[(b"traceparent", PARENT)])
    provider.shutdown()
    [(path, body)] = arrived
    assert path == "/v1/traces"
    for part in ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", seen[0].span_id):
        assert bytes.fromhex(part) in body
    assert b"GET /v1/events/{event_id}" in body
    assert b"points-service" in body


def test_spans_are_sent_as_json_without_the_sdk(collector, monkeypatch):
    arrived, endpoint = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
    monkeypatch.setattr(spans, "provider", lambda *_: pytest.fail("the SDK is not used"))
    export = spans.exporter("points-service", endpoint)
    about = Trace("r1", "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7").child()
    export(spans.Finished(about, "SELECT 1", 3, 0.25, {"db.system.name": "postgresql", "rows": 1}, failed=True))
    until = time.monotonic() + 5
    while not arrived and time.monotonic() < until:
        time.sleep(0.02)
    [(path, body)] = arrived
    assert path == "/v1/traces"
    [resource] = json.loads(body)["resourceSpans"]
    assert resource["resource"]["attributes"] == [{"key": "service.name", "value": {"stringValue": "points-service"}}]
    [sent] = resource["scopeSpans"][0]["spans"]
    assert (sent["traceId"], sent["parentSpanId"], sent["spanId"]) == (
        about.trace_id,
        "00f067aa0ba902b7",
        about.span_id,
    )
    assert int(sent["endTimeUnixNano"]) - int(sent["startTimeUnixNano"]) == 250_000_000
    assert sent["attributes"][1] == {"key": "rows", "value": {"intValue": "1"}}
    assert sent["status"] == {"code": 2}


def test_a_collector_that_is_not_there_is_named_once(caplog):
    caplog.set_level("INFO")
    sender = SpanSender("points-service", "http://127.0.0.1:1")
    about = Trace("r1", "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
    export = spans.export_as_json(sender)
    for _ in range(3):
        export(spans.Finished(about, "GET /", 2, 0.1, {}))
        sender.flush()
    assert caplog.text.count("spans are dropped") == 1
