"""A service as a real process: how it starts, what it writes, and how it stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

TESTS = str(Path(__file__).parents[1])
USUAL = {"SERVICE_NAME": "order-service", "PORT": "0", "ENVIRONMENT": "test", "VERSION": "7"}


def start(factory="kit.orders:create", **environ):
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": TESTS, "PYTHONWARNINGS": "ignore", **USUAL, **environ}
    command = [sys.executable, "-m", "stead.kit.serve", factory]
    return subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    """Return the exit status and what was written to standard error."""
    out, err = process.communicate(timeout=20)
    assert out == ""
    return process.returncode, err


@contextmanager
def serving(**environ):
    process = start(**environ)
    try:
        line = json.loads(process.stderr.readline())
        assert line["message"] == "listening", line
        with httpx2.Client(base_url=f"http://127.0.0.1:{line['port']}") as client:
            yield process, client
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_settings_that_are_wrong_stop_it_with_78_and_no_trace():
    status, err = ended(start(SERVICE_NAME="", PORT="x", MAX_BODY_BYTES="0", LOG_LEVEL="loud"))
    assert status == 78
    assert err.startswith("4 settings are wrong:\n  SERVICE_NAME is missing;")
    assert "PORT is 'x'" in err
    assert "LOG_LEVEL is 'loud'; expected one of DEBUG, INFO, WARNING, ERROR." in err
    assert "MAX_BODY_BYTES is '0'; expected a whole number, at least 1." in err
    assert "Traceback" not in err


def test_a_malformed_keyring_stops_it_with_a_clear_line():
    status, err = ended(start(SERVICE_JWT_KEYS='{"keys":[{"kty":"OKP","kid":"auth-service"}]}'))
    assert status == 78
    assert "SERVICE_JWT_KEYS is malformed: the key of auth-service is not of type OKP with curve Ed25519" in err
    assert "Traceback" not in err


def test_a_factory_that_fails_is_written_as_a_line():
    status, err = ended(start("kit.orders:nothing"))
    assert status == 3
    assert json.loads(err)["message"] == "kit.orders:nothing cannot be created"


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, err = ended(start(PORT=str(port)))
    assert status == 69
    assert f"cannot listen on port {port} of 127.0.0.1" in json.loads(err)["message"]


def test_a_part_that_does_not_open_stops_it():
    status, err = ended(start("kit.orders:fails_to_open"))
    lines = [json.loads(line) for line in err.splitlines()]
    assert status == 3
    assert "wall cannot be opened" in [line["message"] for line in lines]
    assert "hunter2" not in err


def test_it_answers_writes_json_lines_and_stops_with_0():
    with serving() as (process, client):
        answer = client.get("/health")
        assert answer.json() == {"service": "order-service", "env": "test", "status": "ok", "version": "7"}
        assert "server" not in answer.headers
        assert client.get("/v1/broken", headers={"x-request-id": "r-1"}).status_code == 500
        assert client.request("HEAD", "/v1/stream").content == b""
        assert client.get("/metrics").text.count('route="/v1/broken"') > 1
        process.send_signal(signal.SIGTERM)
        status, err = ended(process)
    lines = [json.loads(line) for line in err.splitlines()]
    assert status == 0
    [failed] = [line for line in lines if line["message"] == "unhandled error"]
    assert (failed["service"], failed["request_id"], failed["level"]) == ("order-service", "r-1", "error")
    assert "hunter2" not in err
    assert "kitchen closed" in [line["message"] for line in lines]


def test_who_sends_too_much_still_gets_the_answer():
    """The rest of the body is received: a connection closed before that is reset, and its client sees no answer."""
    with serving(MAX_BODY_BYTES="1000") as (_, client):
        for content in (b"x" * 4_000_000, slowly(b"x" * 100_000)):
            answer = client.post("/v1/webhooks", content=content, headers={"content-type": "application/json"})
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
            assert answer.headers.get("connection") != "close"
        with socket.create_connection((client.base_url.host, client.base_url.port), 5) as asking:
            asking.sendall(b"POST /v1/webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
            assert b"connection: close" in asking.recv(65536).lower(), "it does not wait for so much"


@pytest.mark.parametrize("framing", ["Content-Length: 9", "Transfer-Encoding: chunked"])
def test_who_sends_too_slowly_is_told_so_and_the_connection_ends(framing):
    with serving() as (_, client):
        head = f"POST /v1/webhooks HTTP/1.1\r\nHost: x\r\n{framing}\r\nX-Envoy-Expected-Rq-Timeout-Ms: 100\r\n\r\n"
        with socket.create_connection((client.base_url.host, client.base_url.port), 5) as asking:
            asking.sendall(head.encode() + b"1\r\n")
            answer = b"".join(iter(lambda: asking.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"request_timeout"' in answer


def slowly(piece):
    for _ in range(10):
        time.sleep(0.03)
        yield piece


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_finished(number):
    with serving() as (process, client):
        host, port = client.base_url.host, client.base_url.port
        with socket.create_connection((host, port)) as asking:
            asking.sendall(b"GET /v1/slow?seconds=1.5 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert "slow begins" in process.stderr.readline()
            process.send_signal(number)
            time.sleep(0.3)
            with pytest.raises(OSError):
                socket.create_connection((host, port), timeout=1)
            answer = b""
            while piece := asking.recv(65536):
                answer += piece
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b'{"name":"slow","said":[]}')
        assert ended(process)[0] == 0


def test_a_request_that_was_on_its_way_at_a_stop_is_answered_where_callers_are_elsewhere():
    """An idle connection is left to its peer: what is sent on it meanwhile is answered, and the connection ends."""
    with serving(HOST="0.0.0.0") as (process, client):
        assert client.get("/health").status_code == 200
        process.send_signal(signal.SIGTERM)
        refused_by(client.base_url.port)
        answer = client.get("/health")
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        assert process.wait(3) == 0, "it ends with its last connection"


def refused_by(port):
    """Wait until the listener is closed."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    raise AssertionError("it still listens")
