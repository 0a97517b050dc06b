"""Routes of the Gateway API: times and hosts are of the form that it takes."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, is_filled_in, items, manifests
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


RULES = (routes_are_of_the_gateways_form,)
