"""What is told to end has as long as its slowest route takes: the process, what is in front of it, and who kills it."""

import pytest

from stead.model import Backend, Environment, Gateway, Kubernetes, Route, Service
from stead.model.finish import finish
from stead.render.targets import generated


def rendered(*routes):
    slow = Service("slow", app="a:b", routes=routes)
    program = Service("program", command="node a.js", folder="program", routes=routes)
    backend = Backend(
        "shop",
        services=[slow, program],
        gateway=Gateway("edge", fronts=[slow]),
        environments=[Environment("prod", kubernetes=Kubernetes("shop", host="api.example.com"))],
        registry="registry.example.com",
    )
    return generated(backend, ["kubernetes", "compose"])


@pytest.mark.parametrize(("timeout", "seconds"), [(2, 10), (10, 10), (10.5, 11), (60, 60), (3600, 300)])
def test_a_process_has_as_long_as_its_slowest_route_within_bounds(timeout, seconds):
    assert finish([Route.public("GET", "/a"), Route.public("GET", "/b", timeout=timeout)]) == seconds


def test_a_slow_route_is_waited_for_in_every_part_of_every_target():
    files = rendered(Route.public("GET", "/a", timeout=60))
    for name in ("slow", "edge", "program"):
        text = files[f"deploy/kubernetes/prod/{name}/{name}.deployment.yaml"]
        assert "terminationGracePeriodSeconds: 70" in text, name
    compose = files["deploy/compose/compose.yaml"]
    assert compose.count("stop_grace_period: 65s") + compose.count('stop_grace_period: "65s"') >= 4, compose
    assert 'FINISH_SECONDS: "60"' in compose
    assert "look < $2" in compose.replace("$$", "$")
    for text in (compose, files["deploy/kubernetes/prod/edge/edge.deployment.yaml"]):
        assert "downstream_rq_active$$' 570" in text or "downstream_rq_active$' 570" in text


def test_a_stream_is_waited_for_as_long_as_it_may_be_silent():
    files = rendered(Route.public("GET", "/a", streams=True, timeout=45))
    assert "terminationGracePeriodSeconds: 55" in files["deploy/kubernetes/prod/slow/slow.deployment.yaml"]
