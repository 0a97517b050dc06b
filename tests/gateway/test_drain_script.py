"""The end of an Envoy in a container: who keeps a connection is told to leave it, and no request meets its end."""

import http.client
import json
import signal
import subprocess
import threading
import time

import pytest

from gateway.edge import free_port
from stead.gateway.command import binary
from stead.gateway.drain import ADMIN, EDGE, script

TYPES = "type.googleapis.com/envoy.extensions.filters"
ROUTE = {"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_string": "well"}}}


def configuration(port, admin):
    manager = {
        "@type": f"{TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": EDGE,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [ROUTE]}]},
        "http_filters": [{"name": "router", "typed_config": {"@type": f"{TYPES}.http.router.v3.Router"}}],
    }
    chain = {"filters": [{"name": "manager", "typed_config": manager}]}
    listener = {"name": EDGE, "address": address(port), "filter_chains": [chain]}
    return {"admin": {"address": address(admin)}, "static_resources": {"listeners": [listener]}}


def address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


@pytest.fixture
def ending(tmp_path):
    """An Envoy that the script has started, and its port."""
    port, admin = free_port(), free_port()
    file = tmp_path / "envoy.json"
    file.write_text(json.dumps(configuration(port, admin)))
    text = script(10).replace("/usr/local/bin/envoy", str(binary())).replace(str(ADMIN), str(admin))
    words = ["/bin/bash", "-c", text, "gateway", "--config-path", str(file), "--disable-hot-restart"]
    process = subprocess.Popen([*words, "--log-level", "error", "--concurrency", "1"])
    try:
        end = time.monotonic() + 30
        while True:
            try:
                asked(http.client.HTTPConnection("127.0.0.1", port, timeout=5))
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.1)
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def asked(connection, *, keep=False):
    """Ask on a connection; return what the answer says of it."""
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.read() == b"well"
        return answer.getheader("connection")
    finally:
        if not keep:
            connection.close()


def test_who_keeps_a_connection_is_told_to_leave_it_before_it_ends(ending):
    process, port = ending
    answers = [[] for _ in range(4)]

    def keeping(found):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        while not found or found[-1] is None:
            found.append(asked(connection, keep=True))  # raises where the connection ends without an answer
            time.sleep(0.2)
        connection.close()

    threads = [threading.Thread(target=keeping, args=(found,)) for found in answers]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(20)
    assert [found[-1] for found in answers] == ["close"] * 4
    assert process.wait(20) in (0, 143)


def test_an_idle_connection_delays_the_end_for_3_seconds_at_most(ending):
    process, port = ending
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    asked(connection, keep=True)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    assert time.monotonic() - began < 10
    connection.close()
