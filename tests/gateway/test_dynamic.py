"""A real Envoy that takes a new configuration while it answers: nobody is refused, nothing is started again."""

import subprocess
import threading
import time

import pytest

from gateway.edge import Services, Upstream, free_port
from gateway.exchange import exchange
from stead.gateway import dynamic
from stead.gateway.bootstrap import empty
from stead.gateway.command import binary
from stead.gateway.deployment import MEBIBYTE, Socket
from stead.gateway.envoy.bootstrap import Node
from stead.gateway.proxy import Inbound, ProxyDeployment, bootstrap
from stead.model import Route, Service

HOST = "127.0.0.1"


def described(folder, port, program, *paths):
    service = Service("orders", command="none", routes=[Route.public("GET", path) for path in paths])
    inbound = Inbound(service, Socket(HOST, port), Socket(HOST, program.port))
    return bootstrap(ProxyDeployment(name="orders-proxy", backend="shop", folder=str(folder), inbound=(inbound,)))


@pytest.fixture(scope="module")
def envoy(tmp_path_factory):
    """An Envoy that knows one route, and what replaces its configuration."""
    folder, port, program = tmp_path_factory.mktemp("envoy"), free_port(), Upstream("orders")
    services = Services(program)
    dynamic.write(described(folder, port, program, "/v1/old"), folder)
    bare = dynamic.fixed(empty(Node(id="orders-proxy", cluster="shop"), 64 * MEBIBYTE, 1000, None), str(folder))
    words = [
        str(binary()),
        "--config-yaml",
        bare,
        "--concurrency",
        "1",
        "--disable-hot-restart",
        "--log-level",
        "error",
    ]
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        until(lambda: status(port, "/v1/old") == 200)
        yield lambda *paths: dynamic.write(described(folder, port, program, *paths), folder), port
    finally:
        running.terminate()
        running.wait(10)
        services.close()


def status(port, path):
    try:
        return exchange((HOST, port), f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()).status
    except OSError as error:
        return repr(error)


def until(holds):
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_route_comes_and_goes_while_no_request_is_refused(envoy):
    describe, port = envoy
    answers, done = [], threading.Event()

    def ask():
        while not done.is_set():
            answers.append(status(port, "/v1/old"))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for paths, wanted in ((("/v1/old", "/v1/new"), 200), (("/v1/old",), 404)) * 2:
            describe(*paths)
            until(lambda wanted=wanted: status(port, "/v1/new") == wanted)
    finally:
        done.set()
        asking.join()
    assert set(answers) == {200}
