"""Traces: one request, a span of the gateway and one of the service, both in the trace of whoever asked."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx2
import pytest

from end_to_end.conftest import live
from stead.run.run_info import running

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def collector():
    """Who collects spans, and what arrived there: raw protobuf."""
    arrived, both = [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            arrived.append((self.path, self.body()))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            if all(name in _of_the_trace(arrived) for name in (b"api-gateway", b"content-service")):
                both.set()

        def body(self):
            """Envoy sends its spans in chunks, the SDK as a whole."""
            if "content-length" in self.headers:
                return self.rfile.read(int(self.headers["content-length"]))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def log_message(self, *_): ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", arrived, both
        server.shutdown()
        thread.join()


def test_a_request_is_seen_where_spans_are_collected(collector, monkeypatch):
    pytest.importorskip("opentelemetry.sdk", reason="the telemetry extra is not installed")
    endpoint, arrived, both = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    with live("rewards") as backend:
        found = running(backend.folder)
        headers = {"traceparent": PARENT}
        path = "/v1/events?email=ann@example.com"
        assert httpx2.get(found.url + path, headers=headers).status_code == 200
        assert both.wait(20), "the spans of that trace did not arrive"
    assert {path for path, _ in arrived} == {"/v1/traces"}
    assert b"ann@example.com" not in _of_the_trace(arrived), "a span says nothing of the query"


def _of_the_trace(arrived):
    return b"".join(body for _, body in arrived if bytes.fromhex(TRACE) in body)
