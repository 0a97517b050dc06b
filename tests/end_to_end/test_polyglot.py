"""Programs of which no line is Stead's: in Node, Go, Java, Python and Ruby, a worker, a schedule, a front end."""

import json
import os
import re

import httpx2
import psutil
import pytest

import stead
from console.conftest import span
from end_to_end.console_page import Page
from stead.run.run_info import running

OF_STEAD = {"backend.py", "story.py", "README.md"}  # the description, what is played on it, what is said of it
NOT_SOURCE = {".stead", "__pycache__"}  # what runs leave


@pytest.fixture(scope="module")
def backend(polyglot):
    return stead.load(polyglot.folder)


def test_the_story_passes_twice(polyglot):
    for _ in range(2):
        said = polyglot.stead("story").stdout
    assert "uploads a picture into a bucket" in said
    assert "an open page shows it at once" in said


def test_smoke_asks_every_process_and_is_content(polyglot):
    said = polyglot.stead("smoke").stdout
    services = {line.split()[1] for line in said.splitlines() if "without a service token" in line}
    for how in ("with the token of an undeclared caller", "for an undeclared operation"):
        assert {line.split()[1] for line in said.splitlines() if how in line} == services
    assert {"pictures", "orders"} <= services
    assert "gateway  GET /v1/orders with forged headers" in said


def test_a_program_in_any_language_is_described_started_watched_and_routed_like_one_from_the_shelf(polyglot, backend):
    """`test_boundaries.py` tries every pair of them, with the caller's own key."""
    found, state = running(polyglot.folder), polyglot.status()
    states = {each["name"]: each for each in state["processes"]}
    services = [each for each in backend.services if states[each.name]["state"] != "skipped" and not each.static]
    languages = {each.command[0] if each.command else "python" for each in services}
    assert {"node", "go", "java", "python"} <= languages
    for service in services:
        there = states[service.name]
        assert (there["state"], there["pid"] is not None) == ("healthy", True), there
        for route in service.routes:
            path = re.sub(r"\{[^}]*\}", "x", route.path)
            method = "GET" if route.method == "ANY" else route.method
            refused = httpx2.request(method, found.urls[service.name] + path)
            assert refused.status_code == 401, f"{service.name} {route}: {refused.text}"
            assert refused.json()["code"] == "unauthenticated"
    assert states["summary"]["state"] == "healthy", "a job with a schedule waits for its next run"
    lines = [json.loads(line) for line in polyglot.stead("logs", "watcher", "--json").stdout.splitlines()]
    assert lines, "what a worker writes is in its log"


def test_no_line_of_stead_is_in_a_program(polyglot, backend):
    sources = [
        path
        for path in polyglot.folder.rglob("*")
        if path.is_file() and path.name not in OF_STEAD and not NOT_SOURCE & set(path.parts)
    ]
    assert len(sources) > 10
    assert [path.name for path in sources if b"stead" in path.read_bytes().lower()] == []


def test_a_program_that_sends_spans_is_in_the_trace_of_its_caller_and_one_that_does_not_ends_at_the_gateway(polyglot):
    """No OpenTelemetry SDK here: a script sends one span by the addresses that the program of `orders` was given."""
    trace = os.urandom(16).hex()
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    assert httpx2.get(f"{polyglot.status()['url']}/v1/orders", headers=headers).status_code == 401
    assert httpx2.get(f"{polyglot.status()['url']}/v1/prices", headers=headers).status_code == 200
    page = Page(polyglot)
    try:
        found = page.until(
            lambda found: any("router prices" in each["name"] for each in found.get("spans", ())),
            f"traces/{trace}", pending="1",
        )["spans"]  # fmt: skip
        assert {each["service"] for each in found} == {"gateway"}
        asked = next(each for each in found if "router prices" in each["name"])
        given = psutil.Process(polyglot.process("prices")["pid"]).environ()
        assert (given["OTEL_SERVICE_NAME"], given["OTEL_EXPORTER_OTLP_PROTOCOL"]) == ("prices", "http/protobuf")
        resource = {"attributes": [{"key": "service.name", "value": {"stringValue": given["OTEL_SERVICE_NAME"]}}]}
        served = span("GET /v1/prices", trace=trace, parent=asked["span"])
        body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [served]}]}]}
        sent = httpx2.post(f"{given['OTEL_EXPORTER_OTLP_ENDPOINT']}/v1/traces", json=body)
        assert sent.status_code == 200, sent.text
        page.until(lambda found: "prices" in {each["service"] for each in found["spans"]}, f"traces/{trace}")
        called = page.until(lambda found: any(each["callee"] == "prices" for each in found["calls"]), "overview")
        assert {each["caller"] for each in called["calls"] if each["callee"] == "prices"} == {"gateway"}
    finally:
        page.client.close()
