"""Spring Cloud Gateway in an `application.yml`: to whom it passes on what."""

from stead.adopt.evidence import Evidence
from stead.adopt.text import at, each, text_at, yaml
from stead.check.facts.node import Node

NAMES = ("application.yml", "application.yaml")


def gateway_rules(found: Evidence, folder: str) -> list[str]:
    """Return what a service in a folder passes on, in words: the addresses are among its settings."""
    rules = []
    for path in found.tree.below(found.root / folder):
        if path.name in NAMES and "gateway" in (found.tree.text(path) or ""):
            rules += [rule for root in yaml(found.tree, path) for rule in _rules(root)]
    return rules


def _rules(root: Node) -> list[str]:
    routes = at(root, "spring", "cloud", "gateway", "routes")
    rules = []
    for route in each(routes):
        paths = [item.text or "" for item in each(at(route, "predicates")) if (item.text or "").startswith("Path=")]
        rules += [f"{text.removeprefix('Path=')} to {text_at(route, 'id')}" for text in paths]
    return rules
