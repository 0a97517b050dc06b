"""Prometheus inside the backend's networks: it has every service's metrics, and evaluates every rule."""

import json
import urllib.parse
import urllib.request

import pytest

from containers.docking import Composed, until

SERVICES = {"auth-service", "content-service", "points-service", "referral-service", "token-service"}


@pytest.fixture(scope="module")
def composed(rewards, images):
    environ = {**images, "GATEWAY_PORT": "", "PROMETHEUS_PORT": ""}
    made = Composed(rewards, "dev", environ, "../observability/compose.yaml")
    made.run("up", "--detach", "--wait", "prometheus", *SERVICES)
    yield made
    made.run("down", "--volumes", "--remove-orphans", well=False)


def asked(composed, path, **query):
    url = f"{composed.url('prometheus', 9090)}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)["data"]


def test_every_service_is_scraped(composed):
    def up():
        found = asked(composed, "query", query='up{backend="rewards", service!=""} == 1')["result"]
        return {each["metric"]["service"] for each in found} == SERVICES

    until(up, "each service is up")


def test_the_rules_are_evaluated_and_no_alert_is_wrong(composed):
    until(lambda: asked(composed, "query", query="process_resident_memory_bytes")["result"], "metrics are there")
    rules = [rule for group in asked(composed, "rules")["groups"] for rule in group["rules"]]
    assert len(rules) > 15
    assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
    watching = ("observability-alloy", "observability-loki")  # neither runs here
    firing = [each["labels"] for each in asked(composed, "alerts")["alerts"] if each["state"] == "firing"]
    assert [labels for labels in firing if labels.get("job") not in watching] == []


def test_it_is_reached_from_this_machine_alone(composed):
    assert composed.url("prometheus", 9090).startswith("http://127.0.0.1:")
