"""What is reached in a cluster from outside: the gateway alone, which answers before the cluster gives up."""

import pytest

from render.kubernetes_objects import objects
from render.kubernetes_shop import SOURCES, shop
from stead.model import Backend, Environment, Gateway, Kubernetes, Route, Service


@pytest.fixture(params=SOURCES)
def found(request):
    return objects(shop(SOURCES[request.param], programs=request.param != "vault"))


def test_nothing_but_the_gateway_is_reached_from_outside(found):
    assert {each["spec"]["type"] for each in found.values() if each["kind"] == "Service"} == {"ClusterIP"}
    routes = [each for each in found.values() if each["kind"] == "HTTPRoute"]
    assert [ref["name"] for each in routes for rule in each["spec"]["rules"] for ref in rule["backendRefs"]] == ["edge"]
    assert routes[0]["spec"]["rules"][0]["timeouts"] == {"request": "13s"}


def edge_waits(*routes):
    """How long the cluster's Gateway waits for a backend with these routes."""
    api = Service("api", app="a:b", routes=routes)
    cluster = Kubernetes("n", host="a.example.com", gateway="gateways/public")
    backend = Backend(
        "b",
        gateway=Gateway("edge", fronts=[api]),
        services=[api],
        environments=[Environment("prod", kubernetes=cluster)],
    )
    return objects(backend)["edge/edge.httproute.yaml"]["spec"]["rules"][0]["timeouts"]["request"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.5, "1s500ms"), (2, "3s"), (99, "1m40s"), (120, "2m1s"), (3600, "1h1s")]
)
def test_the_cluster_waits_a_second_longer_than_the_backends_gateway(seconds, text):
    assert edge_waits(Route.public("GET", "/v1/x", timeout=seconds), Route.service("GET", "/v1/y", "y")) == text


@pytest.mark.parametrize("kind", ["streams", "websocket"])
def test_the_cluster_cuts_no_stream(kind):
    assert edge_waits(Route.public("GET", "/v1/x"), Route.public("GET", "/v1/events", **{kind: True})) == "0s"
