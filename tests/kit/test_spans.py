"""Spans, sent to a collector that listens here."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kit.asking import ask
from stead.kit import spans
from stead.kit.metrics import Metrics
from stead.kit.observability import Observe
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
