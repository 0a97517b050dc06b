"""What a service says of its health, as it is printed inside its container."""

import pytest

from stead.ops.ship.container_health import health_error

WANTED = {"service": "orders", "version": "v2"}
WELL = '{"service": "orders", "env": "staging", "status": "ok", "version": "v2"}'


def test_the_order_of_the_keys_says_nothing():
    """Go writes a map's keys sorted."""
    assert health_error('{"env":"staging","service":"orders","status":"ok","version":"v2"}', WANTED) == ""


def test_headers_before_it_are_no_part_of_it():
    assert health_error(f"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{WELL}", WANTED) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (WELL.replace("v2", "v1"), "version is 'v1', not 'v2'"),
        (WELL.replace('"status": "ok", ', ""), "not service, env, status, version"),
        (WELL.replace('"status"', '"more": 1, "status"'), "not service, env, status, version"),
        ("Not found", "answered no JSON"),
    ],
)
def test_what_is_wrong_is_said(answer, said):
    assert said in health_error(answer, WANTED)
