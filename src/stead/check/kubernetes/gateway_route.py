"""Routes of the Gateway API: times and hosts are of the form that it takes."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, is_filled_in, items, manifests
from stead.check.kubernetes.manifest_set import delivered_sets
from stead.check.kubernetes.service import ROUTES, backends_of, behind
from stead.check.rule import rule
from stead.model import Problem

GROUP = "gateway.networking.k8s.io"
DURATION = re.compile(r"([0-9]{1,5}(h|m|s|ms)){1,4}")  # GEP-2257
PART = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
HOST = re.compile(rf"(?:\*\.)?{PART}(?:\.{PART})*")


@rule("KUBERNETES106")
def routes_are_of_the_gateways_form(context: Context) -> Iterator[Problem]:
    """A route's times and hosts are of the form that the Gateway API takes.

    A time has whole numbers of at most five digits, each with a unit: `120000ms` and `1.5s` are refused, and `2m` and
    `1s500ms` are taken. A host has neither a scheme nor a port nor a path. The API server refuses the route otherwise,
    and the one before goes on.
    """
    for manifest in manifests(context):
        if manifest.group != GROUP:
            continue
        for node in _times(manifest):
            if node.text and not is_filled_in(node.text) and not DURATION.fullmatch(node.text):
                message = f"{node.text} is no time that the Gateway API takes"
                yield Problem("KUBERNETES106", message, manifest.at(node), "write one such as 30s, 2m or 1s500ms")
        for node in _hosts(manifest):
            if node.text and not is_filled_in(node.text) and not HOST.fullmatch(node.text):
                message = f"{node.text} is no host that the Gateway API takes"
                yield Problem("KUBERNETES106", message, manifest.at(node), "write the host alone: shop.example.com")


def _times(manifest: Manifest) -> Iterator[Node]:
    for each in items(manifest.root, "spec", "rules"):
        yield from entries(find(each, "timeouts")).values()


def _hosts(manifest: Manifest) -> Iterator[Node]:
    yield from items(manifest.root, "spec", "hostnames")
    listeners = (find(each, "hostname") for each in items(manifest.root, "spec", "listeners"))
    yield from (node for node in listeners if node is not None)


@rule("KUBERNETES136")
def routes_lead_to_the_gateway(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a route from outside leads to the backend's gateway, where one is there, not to a service.

    What goes past it is asked neither for a token nor for the declared routes, and has none of its limits: an operation
    that only other services may call is open to everybody. Name the gateway's Service.
    """
    gateway = context.backend.gateway if context.backend else None
    described = {service.name for service in context.services}
    for each in delivered_sets(context) if gateway else ():
        there = gateway is not None and any(workload.name == gateway.name for workload in each.workloads)
        for manifest in each.of(*ROUTES, "Ingress") if there else ():
            for name, _, namespace in backends_of(manifest):
                service = each.named("Service", name.text or "", namespace or manifest.namespace)
                found = behind(each, service) if service else []
                past = next((workload.name for workload in found if workload.name in described), "")
                if gateway and past:
                    message = f"{manifest.name} leads to {past}, past the gateway {gateway.name}"
                    yield Problem("KUBERNETES136", message, manifest.at(name), f"name the Service of {gateway.name}")


RULES = (routes_are_of_the_gateways_form, routes_lead_to_the_gateway)
