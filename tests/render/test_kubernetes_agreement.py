"""Description = gateway = keyring = policies: all pairs of each backend, and each kind of difference is found."""

from dataclasses import replace
from pathlib import Path

import pytest

import stead
from render.kubernetes_shop import shop
from stead.render.kubernetes import agreement
from stead.render.kubernetes.agreement import disagreements
from stead.render.kubernetes.policy import NetworkPolicy

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["archpad", "rewards", "tigrit", "aquastream"])
def test_the_four_say_the_same_of_each_backend(name):
    assert list(disagreements(stead.load(ROOT / "backends" / name))) == []


def test_the_four_say_the_same_of_programs_workers_and_jobs():
    assert list(disagreements(shop())) == []


def open_to_all(each: NetworkPolicy) -> NetworkPolicy:
    """As an edit does that means well: stock may reach, and orders takes, anyone."""
    spec = each.spec
    if each.metadata.name == "mail":
        spec = replace(spec, ingress=tuple(replace(rule, from_=()) for rule in spec.ingress))
    if each.metadata.name == "orders":
        spec = replace(spec, egress=tuple(replace(rule, to=()) for rule in spec.egress))
        more = [rule for rule in spec.egress if rule.ports[0].port == 443]
        ports = tuple(replace(more[0].ports[0], port=port) for port in (8000, 8001))
        spec = replace(spec, egress=(*spec.egress, replace(more[0], ports=ports)))
    return replace(each, spec=spec)


def closed(each: NetworkPolicy) -> NetworkPolicy:
    return replace(each, spec=replace(each.spec, ingress=())) if each.metadata.name == "orders" else each


def test_an_edit_that_opens_a_way_is_found():
    assert "prod: the network policies: orders can reach mail, but the description has no such call" in list(
        disagreements(shop(edits=[open_to_all]))
    )


def test_an_edit_that_closes_a_way_is_found():
    found = list(disagreements(shop(edits=[closed])))
    assert "prod: the network policies: stock cannot reach orders, but the description has the call" in found
    assert "prod: the network policies: edge cannot reach orders, but the description has the call" in found


@pytest.mark.parametrize(("part", "words"), [("_keyrings", "the keyrings"), ("_routed", "the gateway")])
def test_a_part_that_says_more_or_less_is_found(part, words, monkeypatch):
    monkeypatch.setattr(agreement, part, lambda *_: frozenset({("mail", "orders")}))
    found = list(disagreements(shop()))
    assert f"prod: {words}: mail can reach orders, but the description has no such call" in found
    assert f"prod: {words}: edge cannot reach stock, but the description has the call" in found
