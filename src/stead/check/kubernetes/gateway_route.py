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
    """A route's durations and hosts have the form of the Gateway API.

    A time has whole numbers of at most five digits, each with a unit: `120000ms` and `1.5s` are refused, and `2m` and
    `1s500ms` are valid. A host has neither a scheme nor a port nor a path. Otherwise the API server refuses the route,
    and the previous one stays.
    """
    for manifest in manifests(context):
        if manifest.group != GROUP:
            continue
        for node in _times(manifest):
            if node.text and not is_filled_in(node.text) and not DURATION.fullmatch(node.text):
                message = f"{node.text} is not a duration of the Gateway API"
                yield Problem(
                    "KUBERNETES106", message, manifest.at(node), "write a duration such as 30s, 2m or 1s500ms"
                )
        for node in _hosts(manifest):
            if node.text and not is_filled_in(node.text) and not HOST.fullmatch(node.text):
                message = f"{node.text} is not a host name of the Gateway API"
                yield Problem("KUBERNETES106", message, manifest.at(node), "write only the host: shop.example.com")


def _times(manifest: Manifest) -> Iterator[Node]:
    for each in items(manifest.root, "spec", "rules"):
        yield from entries(find(each, "timeouts")).values()


def _hosts(manifest: Manifest) -> Iterator[Node]:
    yield from items(manifest.root, "spec", "hostnames")
    listeners = (find(each, "hostname") for each in items(manifest.root, "spec", "listeners"))
    yield from (node for node in listeners if node is not None)


@rule("KUBERNETES136")
def routes_lead_to_the_gateway(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a route from outside leads to the backend's gateway, if it has one, not to a service.

    A request that bypasses it is neither authenticated nor restricted to declared routes and limits: operations for
    services become public. Name the gateway's Service.
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
