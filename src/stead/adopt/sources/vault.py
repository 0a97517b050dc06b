"""Annotations of the Vault Agent Injector: which secrets a Pod is given, by the names that its templates export."""

import re

from stead.adopt.evidence import Value
from stead.adopt.text import at, entries
from stead.check.facts.node import Node

PREFIX = "vault.hashicorp.com/"
SECRET, TEMPLATE = f"{PREFIX}agent-inject-secret-", f"{PREFIX}agent-inject-template-"
EXPORT = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[=:][ \t]*(\S.*)$")
TEMPLATE_VALUE = re.compile(r"\{\{-?\s*(?:index\s+)?\.Data(?:\.data)?[^{}]*\}\}")


def paths(template: Node | None) -> tuple[str, ...]:
    """Return where in Vault the secrets of a Pod are."""
    return tuple(
        value.text or "" for key, value in entries(at(template, "metadata", "annotations")) if key.startswith(SECRET)
    )


def values(template: Node | None, file: str) -> dict[str, Value]:
    """Return what the templates export, all of them secrets: an address with a password in it is one, too."""
    annotations = {key: value.text or "" for key, value in entries(at(template, "metadata", "annotations"))}
    paths = {key.removeprefix(SECRET): text for key, text in annotations.items() if key.startswith(SECRET)}
    found: dict[str, Value] = {}
    for key, path in paths.items():
        for name, text in EXPORT.findall(annotations.get(TEMPLATE + key, "")):
            raw = TEMPLATE_VALUE.sub("secret", text.strip()).strip("\"'")
            found[name] = Value(None, file, raw, secret=True, help=f"In Vault: {path.replace('/data/', '/', 1)}.")
    return found
