"""Polyglot in containers: programs in five languages behind their proxies, a bucket, a worker, a schedule, a page.

make test-containers WEED_BIN=/path/to/weed
"""

import json

import pytest

from containers.bases import NO_WEED, VARIABLES, seaweedfs, unmade
from containers.docking import Composed, docker, free_port, in_a_copy, stead, until
from end_to_end.test_boundaries import (
    Boundaries,
    client,
    test_no_inner_route_is_reached_through_the_gateway,
    test_no_process_gets_further_than_its_declared_calls,
    test_no_service_is_asked_without_a_token,
)
from stead.gateway.proxy.program import listens
from stead.ops.containers import Containers
from stead.render.compose.context import ComposeContext
from stead.run.run_info import development_token

__all__ = [
    "test_no_inner_route_is_reached_through_the_gateway",
    "test_no_process_gets_further_than_its_declared_calls",
    "test_no_service_is_asked_without_a_token",
]
pytestmark = pytest.mark.skipif(bool(NO_WEED), reason=NO_WEED)
REACH = 'for n in "$@"; do (timeout 5 bash -c "exec 3<>/dev/tcp/$n/8000" 2>/dev/null && echo "$n") & done; wait'


@pytest.fixture(scope="module")
def polyglot(images):
    if missing := list(filter(None, map(unmade, ("node", "go", "java", "ruby")))):
        pytest.skip("; ".join(missing))
    environ = {**images, **VARIABLES, **seaweedfs(), "GATEWAY_PORT": str(free_port())}
    with in_a_copy("polyglot", environ) as folder, Composed(folder, "dev", environ) as composed:
        yield folder, composed


@pytest.fixture(scope="module")
def boundaries(polyglot):
    folder, _ = polyglot
    there = Containers(folder)
    with client() as made:
        yield Boundaries(
            there.backend,
            there.urls,
            there.service_token,
            lambda user, roles: development_token(folder, user, roles),
            made,
        )


def test_every_process_is_what_was_deployed_and_refuses_what_is_not_declared(polyglot):
    folder, composed = polyglot
    said = stead("smoke", folder, "--containers", "--version", "dev", environ=composed.environ).stdout
    programs = {"labels", "orders", "pictures", "prices", "receipts", "reviews", "web"}
    for how in ("without a service token", "with the token of an undeclared caller", "for an undeclared operation"):
        assert {line.split()[1] for line in said.splitlines() if how in line} == programs


def test_its_story_is_played_twice_in_containers(polyglot):
    folder, composed = polyglot
    for _ in range(2):
        said = stead("story", folder, "--containers", "--json", environ=composed.environ).stdout
        steps = {step["title"]: step["wrong"] for step in map(json.loads, said.splitlines())}
        assert "a program in Ruby labels a shelf with the price that Go tells it" in steps
        assert set(steps.values()) == {""}


def test_a_worker_asks_through_its_proxy(polyglot):
    _, composed = polyglot
    until(lambda: '{"item":"tea","cents":250' in composed.run("logs", "watcher").stdout, "watcher knows the price")


def test_a_container_reaches_those_alone_with_which_a_call_is_declared(boundaries):
    """A program has its proxy and nobody else; caller and callee are neighbours, whom a keyring tells apart."""
    context = ComposeContext(boundaries.backend, boundaries.backend.environments[0])
    listening = {process.name for process in context.processes if listens(process)}
    programs = {name: sidecar.program.host for name, sidecar in context.sidecars.items()}
    for process in context.processes:
        strangers = {*listening, *programs.values()} - {process.name, programs.get(process.name)}
        declared = {other for pair in context.calls if process.name in pair for other in pair}
        assert reached(context.front(process.name), strangers) == declared & strangers
        if process.name in programs:
            assert reached(process.name, strangers) == set()


def reached(service, names):
    """Return which of these names take a connection from a container."""
    return set(docker("exec", f"polyglot-dev-{service}-1", "bash", "-c", REACH, "bash", *sorted(names)).split())
