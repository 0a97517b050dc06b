"""How long the manifests of many services take, and how that grows."""

import cProfile
import time

from stead.model import Backend, Environment, Kubernetes, Postgres, Route, Server, Service
from stead.render.kubernetes import files


def many(services):
    """A chain: each calls the next."""
    chain = []
    for number in range(services):
        calls = [chain[-1].may("do")] if chain else []
        chain.append(
            Service(
                f"s{number}",
                app="shop.app:create",
                needs=[Postgres()],
                calls=calls,
                routes=[Route.service("POST", "/v1/do", "do")],
            )
        )
    places = [
        Environment(name, kubernetes=Kubernetes(f"shop-{name}", servers={"postgres": Server(5432, namespace="data")}))
        for name in ("dev", "staging", "prod")
    ]
    return Backend("shop", services=chain, environments=places, registry="registry.example.com")


def seconds(services):
    backend = many(services)
    begun = time.process_time()
    found = files(backend)
    assert len(found) > services * 3 * 4
    return time.process_time() - begun


def test_a_hundred_services_in_three_environments_are_rendered_in_time():
    seconds(2)
    assert seconds(100) < 1.5


def test_the_work_grows_with_the_services_and_no_faster():
    """By calls of functions, which no other process of this machine changes; `make bench ONLY=render` has seconds."""
    few, several = calls(20), calls(80)
    assert several / few < 4.3


def calls(services):
    backend, profile = many(services), cProfile.Profile()
    profile.runcall(files, backend)
    return sum(entry.callcount for entry in profile.getstats())
