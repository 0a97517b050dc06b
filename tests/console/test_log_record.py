"""A line of a log as a record, whatever program wrote it."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from stead.console.log_record import DAY, is_probe, record

NOW = int(time.time() * 1e6)


def read(line):
    return record("orders", line, NOW)


def test_a_line_of_the_kit():
    line = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.250+00:00", time.gmtime(NOW / 1e6 - 5)), "level": "warning",
        "logger": "shop", "message": "stock is low", "service": "orders", "request_id": "r", "trace_id": "t" * 32,
        "span_id": "s" * 16, "left": 3,
    }  # fmt: skip
    found = read(json.dumps(line))
    assert (found.level, found.message, found.trace, found.span, found.request) == (
        30,
        "stock is low",
        "t" * 32,
        "s" * 16,
        "r",
    )
    assert json.loads(found.fields) == {"left": 3}
    assert 4_000_000 < NOW - found.time < 6_000_000


@pytest.mark.parametrize(
    ("line", "level", "message"),
    [
        ('{"method":"GET","path":"/v1/a","status":503}', 40, "GET /v1/a 503"),
        ('{"method":"GET","path":"/v1/a","status":404}', 30, "GET /v1/a 404"),
        ('{"level":50,"msg":"pino failed","pid":1}', 40, "pino failed"),
        ('{"severity":"ERROR","message":"as Google has it"}', 40, "as Google has it"),
        ('{"level":"info","event":"structlog"}', 20, "structlog"),
        ("2026-11-28 08:39:39 UTC [1] ERROR:  relation does not exist", 40, None),
        ("WARNING: deprecated", 30, None),
        ("an errorless word", 20, None),
        ("\x1b[31mERROR\x1b[0m: red", 40, "ERROR: red"),
        ("{ no json", 20, None),
        ("[1, 2]", 20, None),
        ("", 20, None),
    ],
)
def test_the_level_and_the_message(line, level, message):
    found = read(line)
    assert (found.level, found.message) == (level, line if message is None else message)


def test_the_time_of_a_plain_line_is_the_one_that_it_begins_with():
    assert read("2026-11-28 08:39:39.114 UTC [1] LOG: ready").time == 1_795_855_179_114_000
    assert read("2026-11-28T09:39:39+01:00 hello").time == 1_795_855_179_000_000
    assert read("2026-11-28 08:39:39 of an unknown zone").time == NOW


@pytest.mark.parametrize("at", ['"never"', "true", "-5", "1e30", '"1970-01-01T00:00:00Z"', "null"])
def test_a_time_that_cannot_be_meant_is_the_time_of_reading(at):
    assert read(f'{{"time":{at},"message":"m"}}').time == NOW


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1, 1000])
def test_seconds_milliseconds_microseconds(factor):
    found = read(json.dumps({"ts": NOW * factor, "message": "m"}))
    assert abs(found.time - NOW) < 2_000_000 or found.time == NOW


def test_a_line_of_a_megabyte_is_shortened_and_says_so():
    found = read("x" * 1_000_000)
    assert len(found.message) < 9000
    assert found.message.endswith("more characters)")
    assert len(read(json.dumps({"message": "m", "field": "y" * 1_000_000})).fields) < 9000


def test_a_health_check_that_went_well_is_one():
    assert is_probe(read('{"method":"GET","path":"/health","status":200}'))
    assert not is_probe(read('{"method":"GET","path":"/health","status":503}'))


@given(some.text(max_size=300))
def test_any_line_is_a_record(line):
    for text in (line, json.dumps({"message": line, "level": line, "time": line}), "{" + line + "}"):
        found = read(text)
        assert abs(found.time - NOW) <= DAY * 1_000_000
