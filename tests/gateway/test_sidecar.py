"""A program's proxy as Compose starts it: the very words that are rendered, without the containers around them."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from gateway.edge import Services, Upstream, free_port
from gateway.exchange import exchange
from stead.gateway.command import binary
from stead.gateway.problem import GatewayError
from stead.gateway.proxy.keyring import key_sets
from stead.gateway.proxy.sidecar import FOLDER
from stead.gateway.proxy.start import main
from stead.gateway.proxy.subnet import own_networks
from stead.kit.caller import Keyring, mint
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key, trusted_keys
from stead.model import Environment, load
from stead.render.compose.file import compose_file

HOST = "127.0.0.1"
NEIGHBOUR, STRANGER = "127.0.0.1", "127.0.0.9"
DESCRIPTION = """
from stead import Backend, Health, Route, Service

prices = Service("prices", app="a:b", routes=[Route.service("GET", "/v1/prices/{item}", "read")])
orders = Service(
    "orders",
    command="node orders.mjs",
    health=Health("/up", contract=False),
    calls=[prices.may("read")],
    routes=[Route.service("GET", "/v1/orders/{id}", "look"), Route.service("DELETE", "/v1/orders/{id}", "drop")],
)
shop = Service("shop", app="a:b", calls=[orders.may("look")])
backend = Backend("tried", services=[prices, orders, shop])
"""
KEYS = {name: new_private_key(name) for name in ("orders", "shop", "prices")}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with started(tmp_path_factory.mktemp("sidecar")) as found:
        yield found


@contextmanager
def started(folder):
    """The agent and the Envoy of `orders`, from the Compose file of prod; hosts, ports and paths are local."""
    (folder / "backend.py").write_text(DESCRIPTION)
    (folder / "keys").mkdir()
    secrets = {
        "SERVICE_JWT_SECRET": KEYS["orders"],
        "SERVICE_JWT_KEYS": jwk_set({"shop": public_jwk(KEYS["shop"], "shop", ("look",))}),
    }
    for name, text in secrets.items():
        (folder / "keys" / name).write_text(text)
    program = Upstream("orders")
    trusted = trusted_keys(jwk_set({"orders": public_jwk(KEYS["orders"], "orders", ("read",))}), None)
    callee = Upstream("prices", Keyring(trusted, "prices"))
    services = Services(program, callee)
    ports = SimpleNamespace(into=free_port(), out=free_port(), admin=free_port())
    here = {
        "/app/": f"{folder}/",
        FOLDER: str(folder / "run"),
        "/run/secrets": str(folder / "keys"),
        "orders-program:8000": f"{HOST}:{program.port}",
        "http://prices:8000": f"http://{HOST}:{callee.port}",
        "own": f"{NEIGHBOUR}/32",
    }
    rendered = compose_file(load(folder), Environment("prod")).services
    (folder / "run").mkdir()
    words = [*translated(rendered["orders-proxy-agent"].command, here), "--listen", str(ports.into)]
    environ = {
        name: translated([str(text)], here)[0] for name, text in rendered["orders-proxy-agent"].environment.items()
    }
    agent = subprocess.Popen(
        [sys.executable, "-P", "-m", *words], env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True
    )
    assert json.loads(agent.stdout.readline()) == {"ready": True}
    moved(folder / "run/listeners.json", ports)
    here['"port_value":9901'] = f'"port_value":{ports.admin}'
    envoy = subprocess.Popen(
        [str(binary()), *translated(rendered["orders-proxy"].command, here)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield SimpleNamespace(ports=ports, program=program, callee=callee, folder=folder)
    finally:
        for process in (envoy, agent):
            process.terminate()
            process.wait(10)
        agent.stdout.close()
        services.close()


def translated(words, here):
    for there, local in here.items():
        words = [local if word == there else word.replace(there, local) if len(there) > 3 else word for word in words]
    return words


def moved(file, ports):
    """The port of an outgoing call is fixed in a container; here it has to be free."""
    text = file.read_text().replace('"port_value": 9101', f'"port_value": {ports.out}')
    assert str(ports.out) in text
    file.write_text(text)


def ask(port, method, path, *headers, source=NEIGHBOUR):
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *(f"{k}: {v}" for k, v in headers), "", ""]
    for _ in range(100):
        try:
            return exchange((HOST, port), "\r\n".join(lines).encode(), source=source)
        except ConnectionRefusedError:
            time.sleep(0.05)  # Envoy is starting
    raise AssertionError("the proxy does not listen")


def shown(caller, *operations):
    token = mint(signing_key(KEYS[caller]), caller, "orders", operations, now=time.time())
    return ("X-Service-Token", f"Bearer {token}")


def test_what_is_rendered_lets_a_declared_call_in_and_refuses_all_others(running):
    into = running.ports.into
    assert ask(into, "GET", "/v1/orders/7", shown("shop", "look")).sent["x-service-caller"] == ["shop"]
    assert ask(into, "GET", "/v1/orders/7").status == 401
    assert ask(into, "GET", "/v1/orders/7", shown("prices", "look")).status == 401
    assert ask(into, "DELETE", "/v1/orders/7", shown("shop", "drop")).status == 403
    assert ask(into, "GET", "/up").status == 200


def test_a_call_of_the_program_leaves_with_its_token(running):
    sent = ask(running.ports.out, "GET", "/v1/prices/tea").sent
    caller = running.callee.keyring.verify(sent["x-service-token"][0].removeprefix("Bearer "))
    assert (caller.name, sorted(caller.operations)) == ("orders", ["read"])


def test_nobody_but_the_program_may_use_its_calls(running):
    """Its callers share a network with the proxy, and would otherwise call in the program's name."""
    before = len(running.callee.seen)
    with pytest.raises((ConnectionError, AssertionError), match=r"reset|hung up"):
        ask(running.ports.out, "GET", "/v1/prices/tea", source=STRANGER)
    assert len(running.callee.seen) == before


def test_the_operator_of_envoy_says_when_it_is_ready(running):
    assert ask(running.ports.admin, "GET", "/ready").status == 200


def test_a_keyring_without_a_caller_is_refused_with_the_way_out():
    with pytest.raises(GatewayError, match="no key of shop: create it again: stead render --secrets"):
        key_sets('{"keys": []}', ["shop"], "")
    with pytest.raises(GatewayError, match="is not a JWK set"):
        key_sets("{", ["shop"], "")


def test_a_shared_secret_is_each_callers_key():
    sets = key_sets('{"keys": [{"kid": "shop", "kty": "oct"}]}', ["shop"], "s" * 32)
    assert json.loads(sets["shop"])["keys"][0]["kty"] == "oct"
    with pytest.raises(GatewayError, match="SERVICE_JWT_SECRET does not hold"):
        key_sets('{"keys": [{"kid": "shop", "kty": "oct"}]}', ["shop"], "")


@pytest.mark.parametrize(
    ("process", "environ", "said"),
    [
        ("nobody", {}, "tried has no service or job nobody"),
        ("orders", {}, "SERVICE_JWT_KEYS has no key of shop"),
        ("shop", {"ORDERS_SERVICE_URL": "orders"}, "ORDERS_SERVICE_URL is missing or malformed"),
    ],
)
def test_what_is_missing_is_said_without_a_trace(tmp_path, capsys, process, environ, said):
    (tmp_path / "backend.py").write_text(DESCRIPTION)
    assert main([str(tmp_path), process, str(tmp_path), "--program", "x:1"], environ) == 78
    assert said in capsys.readouterr().err


def test_networks_of_the_machine_are_told_without_the_loopback():
    assert all(not each.startswith(("127.", "::1", "fe80")) for each in own_networks())
