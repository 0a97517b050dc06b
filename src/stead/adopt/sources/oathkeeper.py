"""ORY Oathkeeper: its access rules say who is admitted, and to which service; its configuration, from which origins.

https://www.ory.sh/docs/oathkeeper/api-access-rules
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.adopt.evidence import Access, Edge, Evidence, Front
from stead.adopt.text import at, each, entries, host_of, text_at, yaml_in
from stead.check.facts.node import Node

PUBLIC = frozenset({"noop", "anonymous"})
RULE = frozenset({"match", "upstream", "authenticators"})
SEGMENT = re.compile(r"<\[\^/\]\+>|<\\w\+>|<\[\\w-\]\+>|<\.\+>")
OPTIONAL = re.compile(r"<\(\|/\[\^/\]\+\)>$|<\(/\[\^/\]\+\)\?>$")
REST = re.compile(r"/?<(?:\.\*|\*\*|\(\.\*\))>$")
ANY = ("ANY",)
KIND = "access rules of Oathkeeper"


def read(found: Evidence, path: Path, root: Node) -> None:
    """Add what a ConfigMap holds of Oathkeeper's."""
    name = text_at(root, "metadata", "name")
    for key, rules_text in entries(at(root, "data")):
        text = rules_text.text or ""
        if key.endswith((".yaml", ".yml", ".json")) and ("authenticators" in text or "access_rules" in text):
            for inner in yaml_in(found.tree, path, text):
                _take(found, name, found.name(path), inner)


def files(found: Evidence) -> None:
    """Add what files of rules say that no manifest holds."""
    for path in found.named("*rules.json", "*rules.yaml", "*rules.yml"):
        text = found.tree.text(path) or ""
        if "authenticators" in text and "upstream" in text:
            for inner in yaml_in(found.tree, path, text):
                _take(found, "oathkeeper", found.name(path), inner)


def _take(found: Evidence, name: str, file: str, root: Node) -> None:
    if root.items is not None:
        found.fronts += (front for rule in root.items if rule.pairs for front in _fronts(rule, file))
        found.used[KIND] = None
    elif at(root, "access_rules") is not None or at(root, "serve") is not None:
        cors = at(root, "serve", "proxy", "cors")
        origins = tuple(item.text for item in each(at(cors, "allowed_origins")) if item.text)
        issuers = each(at(root, "authenticators", "jwt", "config", "trusted_issuers"))
        found.edges.append(Edge(name, file, origins, next((item.text or "" for item in issuers), "")))


def _fronts(rule: Node, file: str) -> Iterator[Front]:
    host = host_of(text_at(rule, "upstream", "url"))
    handlers = {text_at(each_, "handler") for each_ in (at(rule, "authenticators") or rule).items or ()}
    access: Access = "public" if handlers and handlers <= PUBLIC else "user"
    methods = tuple(item.text.upper() for item in each(at(rule, "match", "methods")) if item.text) or ANY
    url = text_at(rule, "match", "url")
    path = "/" + url.partition("://")[2].partition("/")[2] if "://" in url else url
    for plain, note in paths(path):
        yield Front(host, methods, plain, access, file, note)


def paths(path: str) -> Iterator[tuple[str, str]]:
    """Yield the paths that a pattern means, as routes have them, and what of it was not understood."""
    if OPTIONAL.search(path):
        stem = SEGMENT.sub("{id}", OPTIONAL.sub("", path))
        yield stem, ""
        yield f"{stem}/{{id}}", ""
    elif REST.search(path):
        yield f"{SEGMENT.sub('{id}', REST.sub('', path))}/{{id}}", "Oathkeeper forwards every path below it"
    elif "<" in SEGMENT.sub("{id}", path):
        yield re.sub(r"<[^<>]*>", "{id}", path), f"Oathkeeper lets in {path}"
    else:
        yield SEGMENT.sub("{id}", path), ""
