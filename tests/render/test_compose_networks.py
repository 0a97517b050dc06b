"""The networks of Compose files: who reaches whom, and what is published."""

import json
import subprocess

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

import stead
from render.compose_files import BACKENDS, PLACES, ROOT, files_of, whole
from render.describing import backends
from stead.gateway.command import binary
from stead.model import Backend, Environment, External, Job, Redis, Route, Service
from stead.render.compose.context import ComposeContext
from stead.render.compose.file import compose_file
from stead.render.compose.report import KEEPS


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(backends())
def test_two_containers_share_a_network_only_when_one_may_call_the_other(backend):
    for environment in backend.environments:
        context = ComposeContext(backend, environment)
        file = compose_file(backend, environment)
        members = {
            name: {one for one, each in file.services.items() if name in each.networks} for name in file.networks
        }
        allowed = {frozenset((context.front(caller), context.front(callee))) for caller, callee in context.calls}
        for program, sidecar in context.sidecars.items():
            inside = (program, sidecar.name, sidecar.agent)
            allowed |= {frozenset((one, two)) for one in inside for two in inside if one != two}
        allowed |= {frozenset((user.name, server)) for server in context.servers for user in context.users_of(server)}
        beside = (("postgres", "databases"), ("s3", "buckets"), ("s3", "store"))
        allowed |= {frozenset((f"{server}-{what}", server)) for server, what in beside}
        shared = {frozenset((one, two)) for each in members.values() for one in each for two in each if one != two}
        assert shared <= allowed
        assert {pair for pair in allowed if pair <= file.services.keys()} <= shared
        assert all(each.networks or each.network_mode == "none" for each in file.services.values())


def test_a_program_is_reached_through_its_proxy_alone_and_by_its_own_name():
    item = Route.service("GET", "/v1/item", "read")
    prices = Service("prices", command="./prices", routes=[item], needs=[Redis()])
    shop = Service("shop", app="shop.app:create", calls=[prices.may("read")])
    job = Job("import", command="node import.js", calls=[prices.may("read")])
    backend = Backend("b", services=[prices, shop], jobs=[job], environments=[Environment("dev")])
    file = compose_file(backend, Environment("dev"))
    program, proxy, agent = (file.services[name] for name in ("prices", "prices-proxy", "prices-proxy-agent"))
    shared = set(program.networks) - {"prices_redis"}
    assert shared == {"inside-prices"}
    inside = {name for name, each in file.services.items() if "inside-prices" in each.networks}
    assert inside == {"prices", "prices-proxy", "prices-proxy-agent"}
    assert all("prices" in proxy.aliases[name] for name in proxy.networks if name != "inside-prices")
    assert "inside-prices" not in proxy.aliases
    assert (program.ports, [port.target for port in proxy.ports]) == ((), [8000])
    assert {"prices", "prices-proxy"} <= file.services["shop"].depends_on.keys()
    assert agent.networks == ("inside-prices",), "it accepts calls from its own networks"
    assert file.services["import"].environment["PRICES_SERVICE_URL"] == "http://import-proxy:9101"
    assert file.services["import-proxy-agent"].environment["PRICES_SERVICE_URL"] == "http://prices:8000"


def test_a_worker_listens_nowhere_and_a_fixed_port_is_the_programs_own():
    worker = Service("worker", command="node worker.js", port=None)
    fixed = Service("fixed", command="gunicorn -b 0.0.0.0:80 app:app", port=80)
    named = Service("named", command="node x.js", port="HTTP_PORT")
    services = compose_file(Backend("b", services=[worker, fixed, named]), Environment("dev")).services
    assert not {"worker-proxy", "worker-proxy-agent"} & services.keys()
    assert not {"PORT", "HOST"} & services["worker"].environment.keys()
    assert services["worker"].healthcheck.test == ("CMD", "test", "-d", "/proc/1")
    assert "fixed-program:80" in services["fixed-proxy-agent"].command
    assert "127.0.0.1:80/health" in services["fixed"].healthcheck.test[-1]
    assert services["named"].environment["HTTP_PORT"] == "8000"


@pytest.mark.parametrize("name", BACKENDS)
def test_only_the_gateway_is_published_outside_of_dev_and_dev_on_the_loopback_alone(name):
    backend = stead.load(ROOT / "backends" / name)
    files = files_of(backend)
    assert all("ports" not in each for each in yaml.safe_load(files["compose.yaml"])["services"].values())
    for place in PLACES:
        published = {one: each["ports"] for one, each in whole(files, place)["services"].items() if "ports" in each}
        if place == "dev":
            assert all(port["host_ip"] == "127.0.0.1" for ports in published.values() for port in ports)
        else:
            assert published.keys() == {backend.gateway.name}


def test_nothing_but_s3_is_reached_of_the_s3_server():
    """Envoy itself reads what it is told."""
    keeping = Service("keeping", app="a:b", needs=[stead.Bucket(versioned=True, expire_days=30)])
    backend = Backend("shop", services=[keeping], environments=[Environment("prod")])
    file = compose_file(backend, Environment("prod"))
    assert file.services["s3-store"].networks == ("s3_s3-store",)
    assert set(file.services["keeping"].networks) & set(file.services["s3"].networks)
    assert file.services["s3-buckets"].command[-1] == "/run/secrets/keeping.BUCKET_URL:versioned:30"
    told = yaml.safe_load(files_of(backend)["s3.envoy.yaml"])
    words = [str(binary()), "--mode", "validate", "--config-yaml", json.dumps(told), "--log-level", "error"]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_a_program_has_no_way_out_but_to_the_hosts_that_it_declares():
    prices = Service(
        "prices", command="./prices", egress=["b.example.com:443", "a.example.com:443", "a.example.com:80"]
    )
    clock = Service("clock", command="./clock", port=None)
    file = compose_file(Backend("b", services=[prices, clock]), Environment("prod"))
    leading_out = {name for name, network in file.networks.items() if not network.internal}
    assert not set(file.services["prices"].networks) & leading_out
    assert not set(file.services["clock"].networks) & leading_out
    assert file.services["prices"].links == ("prices-exit-1:a.example.com", "prices-exit-2:b.example.com")
    for name in ("prices-exit-1", "prices-exit-2"):
        assert set(file.services[name].networks) == {"exits-prices", f"alone-{name}"}
        assert f"alone-{name}" in leading_out
        words = [str(binary()), "--mode", "validate", *file.services[name].command]
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "service",
    [
        Service("any", app="any:create", egress=["a.example.com:443"]),
        Service("any", command="./any", egress=["*.example.com:443"]),
        Service("any", command="./any", egress=["203.0.113.7:443"]),
        Service("any", command="./any", needs=[External("kafka", setting="KAFKA_BROKERS")]),
    ],
)
def test_what_compose_cannot_hold_is_open_and_named_in_its_report(service):
    backend = Backend("b", services=[service])
    file = compose_file(backend, Environment("prod"))
    assert any(not file.networks[name].internal for name in file.services["any"].networks)
    assert file.services["any"].links == ()
    assert "the containers of any can reach any host" in KEEPS["egress"].how(backend)


def test_a_program_whose_servers_are_elsewhere_reaches_them():
    prices = Service("prices", command="./prices", needs=[Redis()])
    overlay = yaml.safe_load(files_of(Backend("b", services=[prices]))["compose.elsewhere.yaml"])
    assert overlay["networks"] == {"inside-prices": {"internal": False}}


def test_a_proxy_that_nobody_calls_is_published_in_development():
    """A network that leads nowhere else publishes no port."""
    file = compose_file(Backend("b", services=[Service("prices", command="./prices")]), Environment("dev"))
    assert any(not file.networks[name].internal for name in file.services["prices-proxy"].networks)
