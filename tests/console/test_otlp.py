"""OTLP: the same rows from protobuf and from JSON; what is malformed is refused, and what is huge bounded."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from console.conftest import TRACE, span
from stead.console.config import Limits
from stead.console.otlp import LONGEST, OtlpError, is_probe, spans
from stead.console.run_file import RunFile, rows

JSON, PROTOBUF = "application/json", "application/x-protobuf"
NOW = 1_800_000_000_000_000_000


def body(*found, service="orders"):
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(found)}]}]}


def as_json(*found):
    return json.dumps(body(*found)).encode()


def as_protobuf(*found):
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = "orders"
    scope = resource.scope_spans.add()
    for each in found:
        made = scope.spans.add(
            trace_id=bytes.fromhex(each["traceId"]),
            span_id=bytes.fromhex(each["spanId"]),
            parent_span_id=bytes.fromhex(each["parentSpanId"]),
            name=each["name"],
            kind=each["kind"],
            start_time_unix_nano=int(each["startTimeUnixNano"]),
            end_time_unix_nano=int(each["endTimeUnixNano"]),
        )
        made.status.code = each["status"]["code"]
        for attribute in each["attributes"]:
            value = made.attributes.add(key=attribute["key"]).value
            if "intValue" in attribute["value"]:
                value.int_value = int(attribute["value"]["intValue"])
            else:
                value.string_value = attribute["value"]["stringValue"]
    return request.SerializeToString()


def test_protobuf_and_json_give_the_same_rows():
    made = span(ident="00f067aa0ba902b7", parent="a" * 16, start=NOW, ms=12.5, status=503, code=2, route="/v1/orders")
    [row] = spans(as_json(made), JSON, "")
    assert [row] == spans(as_protobuf(made), PROTOBUF, "") == spans(gzip.compress(as_json(made)), JSON, "gzip")
    assert row[:6] == (TRACE, "00f067aa0ba902b7", "a" * 16, "orders", "GET /v1/orders", 2)
    assert (row.start, row.duration, row.status, row.error) == (NOW // 1000, 12_500, 503, 1)
    assert json.loads(row.attributes) == {"http.response.status_code": 503, "route": "/v1/orders"}


def test_a_refusal_is_no_failure():
    [row] = spans(as_json(span(status=403, code=2)), JSON, "")
    assert (row.status, row.error) == (403, 0)


def test_a_span_of_the_gateway_is_named_by_what_was_asked_for():
    made = span("ingress", **{"http.method": "GET", "http.url": "http://127.0.0.1/v1/orders?token=no"})
    [row] = spans(as_json(made), JSON, "")
    assert row.name == "GET /v1/orders"


def test_a_health_check_that_went_well_is_one():
    [good, bad, other] = spans(
        as_json(span("GET /health"), span("GET /health", status=503), span("GET /v1/x")), JSON, ""
    )
    assert [is_probe(each) for each in (good, bad, other)] == [True, False, False]


@pytest.mark.parametrize(
    ("sent", "media", "encoding", "said"),
    [
        (b"{", JSON, "", "not OTLP in JSON"),
        (b"[]", JSON, "", "not OTLP in JSON"),
        (b'{"resourceSpans": 3}', JSON, "", "not OTLP in JSON"),
        (as_json(span(trace="xyz")), JSON, "", "not an id of 32 hexadecimal digits"),
        (as_json({**span(), "startTimeUnixNano": "soon"}), JSON, "", "not OTLP in JSON"),
        (as_json({**span(), "startTimeUnixNano": "-5"}), JSON, "", "-5 is not a time"),
        (as_json({**span(), "endTimeUnixNano": str(10**30)}), JSON, "", "is not a time"),
        (as_json({**span(), "events": [{"timeUnixNano": str(2**64), "name": "x"}]}), JSON, "", "is not a time"),
        (b'{"resourceSpans":' + b"[" * 100_000, JSON, "", "not OTLP in JSON"),
        (gzip.compress(as_json(span()))[:-20], JSON, "gzip", "not OTLP in JSON"),
        (b"\xff\xff\xff", PROTOBUF, "", "not an ExportTraceServiceRequest"),
        (b"", "text/plain", "", "neither application/x-protobuf nor application/json"),
        (b"not gzip", JSON, "gzip", "not gzip"),
        (b"", JSON, "br", "not gzip"),
        (gzip.compress(b" " * (LONGEST + 1)), JSON, "gzip", "longer than"),
    ],
)
def test_what_is_no_otlp_is_refused_with_the_reason(sent, media, encoding, said):
    with pytest.raises(OtlpError, match=said):
        spans(sent, media, encoding)


def test_what_is_huge_is_bounded():
    many = {f"name{number}": "x" * 10_000 for number in range(200)}
    [row] = spans(as_json(span("n" * 100_000, **many)), JSON, "")
    assert len(row.name) == 2048
    assert len(row.attributes) < 200_000


def test_a_span_of_any_time_and_any_number_is_recorded(tmp_path):
    made = span(number=10**25, least=-(2**63), kind=2)
    made |= {"startTimeUnixNano": "0", "endTimeUnixNano": str(2**64 - 1), "kind": 10**30}
    file = RunFile(tmp_path / "a.sqlite", Limits())
    try:
        file.add([], spans(as_json(made), JSON, ""), [])
    finally:
        file.close()
    [row] = rows(file.path, "SELECT * FROM spans")
    assert (row["start"], row["duration"]) == (0, (2**64 - 1) // 1000)
    assert json.loads(row["attributes"])["number"] == str(10**25)


@given(some.binary(max_size=200))
def test_no_bytes_are_more_than_refused(sent):
    for media in (JSON, PROTOBUF):
        try:
            spans(sent, media, "")
        except OtlpError:
            continue


def test_spans_arrive_over_http_and_a_wrong_body_is_answered(console):
    assert console.export(span()).json() == {}
    sent = console.client.post(
        f"/otlp/{console.spans}/v1/traces", content=as_protobuf(span()), headers={"content-type": PROTOBUF}
    )
    assert (sent.status_code, sent.content) == (200, b"")
    console.until("/api/traces", lambda found: found["traces"] and found["traces"][0]["spans"] == 2)
    wrong = console.client.post(f"/otlp/{console.spans}/v1/traces", content=b"{", headers={"content-type": JSON})
    assert wrong.status_code == 400
    assert "not OTLP" in wrong.json()["error"]
    metrics = console.client.post(f"/otlp/{console.spans}/v1/metrics", json={})
    assert metrics.status_code == 404
    assert "Only spans" in metrics.json()["error"]
